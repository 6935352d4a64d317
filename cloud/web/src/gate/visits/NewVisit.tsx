/** A visitor is registered, with a pass or without. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconDoorEnter, IconHourglass } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

import { sendPhoto } from "../api/client";
import { newId } from "../api/ids";
import { passQuery } from "../api/queries";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import { Call, type PassRow, usePassWords } from "../now/PassBrief";
import { Blacklisted } from "../passes/Blacklisted";
import classes from "../passes/Passes.module.css";
import { PremisesField } from "../passes/PremisesField";
import { PhotoPicker } from "../photos/PhotoPicker";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice, ProblemNotice } from "../ui/Notice";
import { say } from "../ui/toasts";
import { type Form, useForm } from "../ui/useForm";
import { put, type Visit } from "./usePutVisit";

const MOST_PHOTOS = 3;
const FIELDS = ["name", "document", "phone", "plate", "host", "host_phone", "address", "purpose", "card", "note"];

interface Values {
  state: Visit["state"];
  name: string;
  document: string;
  phone: string;
  plate: string;
  host: string;
  host_phone: string;
  address: string;
  household: string | null;
  purpose: string;
  pass_id: string | null;
  card: string;
  note: string;
  photos: readonly Blob[];
}

export function NewVisit() {
  const { t } = useWords();
  const { plate = "", pass } = useSearch({ from: "/inside/visits/new" });
  const form = useVisit(plate, pass ?? null);
  const [isPreparing, setPreparing] = useState(false);
  const { data: card } = useQuery({ ...passQuery(pass ?? ""), enabled: pass !== undefined });
  usePrefill(card?.row, form);
  return (
    <form className={classes["form"]} onSubmit={form.submit}>
      <h1>{t("visits.new")}</h1>
      {card && form.values.pass_id && <ByPass row={card.row} onDetach={() => form.set("pass_id", null)} />}
      <div className={classes["pair"]}>
        <Field label={t("field.name")} {...form.text("name")} autoFocus maxLength={200} />
        <Field label={t("visits.document")} description={t("visits.documentHint")} {...form.text("document")} optional maxLength={100} />
        <Field label={t("field.phone")} {...form.text("phone")} optional inputMode="tel" maxLength={30} />
        <Field label={t("field.plate")} {...form.text("plate")} optional maxLength={20} />
      </div>
      <PremisesField
        value={form.values.address}
        error={form.text("address").error}
        onChange={(address) => form.patch({ address, household: null })}
        onChoose={({ address, household, host, host_phone }) => form.patch({ address, household, host, host_phone: host_phone ?? "" })}
      />
      <div className={classes["pair"]}>
        <Field label={t("field.host")} {...form.text("host")} optional maxLength={200} />
        <Field label={t("field.hostPhone")} {...form.text("host_phone")} optional inputMode="tel" maxLength={30} />
        <Field label={t("visits.purpose")} {...form.text("purpose")} optional maxLength={200} />
        <Field label={t("field.card")} description={t("field.cardHint")} {...form.text("card")} optional maxLength={100} />
        <Field label={t("field.note")} {...form.text("note")} optional maxLength={500} />
      </div>
      {form.values.host_phone.trim() && (
        <div>
          <Call phone={form.values.host_phone.trim()} whose="host" />
        </div>
      )}
      <PhotoPicker label={t("visits.photo")} photos={form.values.photos} most={MOST_PHOTOS} onChange={(photos) => form.set("photos", photos)} onPreparing={setPreparing} />
      {form.failure && (
        <Blacklisted error={form.failure}>
          <ProblemNotice error={form.failure} />
        </Blacklisted>
      )}
      <Send form={form} isHeld={isPreparing} />
    </form>
  );
}

function Send({ form, isHeld }: { form: Form<Values>; isHeld: boolean }) {
  const { t } = useWords();
  const isReady = form.values.name.trim() !== "" && !form.isBusy && !isHeld;
  return (
    <div className={classes["acts"]}>
      <Button type="submit" tone="good" size="big" icon={<IconDoorEnter aria-hidden />} disabled={!isReady}>
        {t("visits.enterNow")}
      </Button>
      <Button size="big" icon={<IconHourglass aria-hidden />} disabled={!isReady} onClick={() => form.submit(undefined, { state: "expected" })}>
        {t("visits.expectOnly")}
      </Button>
    </div>
  );
}

function ByPass({ row, onDetach }: { row: PassRow; onDetach: () => void }) {
  const { t } = useWords();
  const words = usePassWords();
  return (
    <Notice tone="info" action={<Button onClick={onDetach}>{t("visits.detach")}</Button>}>
      {t("visits.withPass", { who: words.who(row) })}
    </Notice>
  );
}

function useVisit(plate: string, pass: string | null): Form<Values> {
  const { t } = useWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [id] = useState(newId); // the same for every try: it is one visit
  const sent = useRef(new Map<Blob, string>()); // what the server has already
  const initial: Values = { state: "inside", name: "", document: "", phone: "", plate, host: "", host_phone: "", address: "", household: null, purpose: "", pass_id: pass, card: "", note: "", photos: [] };
  const send = async ({ photos, ...rest }: Values) => {
    for (const photo of photos) if (!sent.current.has(photo)) sent.current.set(photo, (await sendPhoto(photo)).sha256);
    return put(id, { ...rest, photos: photos.map((photo) => sent.current.get(photo) ?? "") });
  };
  return useForm(
    initial,
    send,
    () => {
      say("good", t("visits.saved"));
      refresh(client, [["visits"], ["board"]]);
      void navigate({ to: "/visits", search: { show: "today" }, replace: true });
    },
    FIELDS,
  );
}

function usePrefill(row: PassRow | undefined, form: Form<Values>): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (!row || isDone.current) return;
    isDone.current = true;
    const { holder, plates, phone, host, host_phone, address, household } = row;
    form.patch({ name: holder, plate: plates[0] ?? "", phone: phone ?? "", host, host_phone: host_phone ?? "", address, household });
  });
}
