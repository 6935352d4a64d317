/** A pass made at the gate: in force here at once. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconTicket } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../api/client";
import { newId } from "../api/ids";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { ProblemNotice } from "../ui/Notice";
import { Tiles } from "../ui/Tiles";
import { say } from "../ui/toasts";
import { useForm } from "../ui/useForm";
import { Blacklisted } from "./Blacklisted";
import classes from "./Passes.module.css";
import { PremisesField } from "./PremisesField";

const HOURS = ["1", "2", "4", "8", "12", "24"] as const;
const ENTRIES = ["1", "2", "5", "any"] as const;
const FIELDS = ["holder", "vehicle", "plate", "card", "phone", "host", "host_phone", "address", "note"] as const;

interface Values {
  holder: string;
  plate: string;
  vehicle: string;
  phone: string;
  host: string;
  host_phone: string;
  address: string;
  household: string | null;
  card: string;
  hours: (typeof HOURS)[number];
  entries: (typeof ENTRIES)[number];
  note: string;
}

export function DraftPass() {
  const { t } = useWords();
  const { plate = "" } = useSearch({ from: "/inside/passes/new" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [id] = useState(newId); // the same for every try: it is one pass
  const initial: Values = { holder: "", plate, vehicle: "", phone: "", host: "", host_phone: "", address: "", household: null, card: "", hours: "4", entries: "1", note: "" };
  const send = ({ hours, entries, ...rest }: Values) =>
    answer(api.POST("/gate/api/passes", { body: { id, kind: "guest", ...rest, hours: Number(hours), entries: entries === "any" ? null : Number(entries) } }));
  const form = useForm(
    initial,
    send,
    (row) => {
      say("good", t("passes.draft.done"));
      refresh(client, [["passes"], ["board"]]);
      void navigate({ to: "/passes/$id", params: { id: row.id }, replace: true });
    },
    FIELDS,
  );
  return (
    <form className={classes["form"]} onSubmit={form.submit}>
      <h1>{t("passes.draft.title")}</h1>
      <p className={classes["dim"]}>{t("passes.draft.hint")}</p>
      <div className={classes["pair"]}>
        <Field label={t("passes.draft.holder")} {...form.text("holder")} autoFocus maxLength={200} />
        <Field label={t("field.plate")} {...form.text("plate")} optional maxLength={20} />
        <Field label={t("passes.draft.vehicle")} {...form.text("vehicle")} optional maxLength={100} />
        <Field label={t("field.phone")} {...form.text("phone")} optional inputMode="tel" maxLength={30} />
        <Field label={t("field.card")} description={t("field.cardHint")} {...form.text("card")} optional maxLength={100} />
      </div>
      <PremisesField
        value={form.values.address}
        error={form.text("address").error}
        onChange={(address) => form.patch({ address, household: null })}
        onChoose={({ address, household, host, host_phone }) => form.patch({ address, household, host: form.values.host || host, host_phone: form.values.host_phone || (host_phone ?? "") })}
      />
      <div className={classes["pair"]}>
        <Field label={t("field.host")} {...form.text("host")} optional maxLength={200} />
        <Field label={t("field.hostPhone")} {...form.text("host_phone")} optional inputMode="tel" maxLength={30} />
      </div>
      <Tiles label={t("passes.draft.hours")} tiles={HOURS.map((hours) => ({ value: hours, label: t("passes.draft.hoursOf", { count: Number(hours) }) }))} value={form.values.hours} onChoose={(hours) => form.set("hours", hours)} columns={4} />
      <Tiles label={t("passes.draft.entries")} tiles={ENTRIES.map((entries) => ({ value: entries, label: entries === "any" ? t("passes.draft.entriesAny") : entries }))} value={form.values.entries} onChoose={(entries) => form.set("entries", entries)} columns={4} />
      <Field label={t("field.note")} {...form.text("note")} optional multiline maxLength={500} />
      {form.failure && (
        <Blacklisted error={form.failure}>
          <ProblemNotice error={form.failure} />
        </Blacklisted>
      )}
      <Button type="submit" tone="good" size="big" icon={<IconTicket aria-hidden />} disabled={form.isBusy}>
        {t("passes.draft.send")}
      </Button>
    </form>
  );
}
