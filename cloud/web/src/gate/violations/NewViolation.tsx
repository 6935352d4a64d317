/** A violation, recorded in a minute: kind, photos, plate. Without the server it waits on this device. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useState } from "react";

import type { Schema } from "../api/client";
import { newId } from "../api/ids";
import { Problem } from "../api/problem";
import { refresh } from "../api/refresh";
import { useWords } from "../i18n";
import classes from "../passes/Passes.module.css";
import { PremisesField } from "../passes/PremisesField";
import { PhotoPicker } from "../photos/PhotoPicker";
import { useSession } from "../session";
import { Button } from "../ui/Button";
import { Field } from "../ui/Field";
import { Notice, ProblemNotice } from "../ui/Notice";
import { Tiles } from "../ui/Tiles";
import { say } from "../ui/toasts";
import { useForm } from "../ui/useForm";
import type { Passage } from "../now/verdict";
import type { Prefilled } from "../router";
import { useTimes } from "../ui/times";
import { KINDS } from "./kinds";
import { deliver, type Queued } from "./queue";
import { usePrefill } from "./usePrefill";
import { server, useQueue } from "./useQueue";

const MOST_PHOTOS = 10;
const FIELDS = ["kind", "plate", "address", "note"];

export interface Values {
  kind: Schema["ViolationKind"] | undefined;
  plate: string;
  address: string;
  household: string | null;
  note: string;
  photos: readonly Blob[];
  /** When it was; null: now. */
  at: string | null;
}

export function NewViolation() {
  const { t } = useWords();
  const from = useSearch({ from: "/inside/violations/new" });
  const form = useViolation(from);
  const { values } = form;
  const [isPreparing, setPreparing] = useState(false);
  const seen = usePrefill(from, form);
  return (
    <form className={classes["form"]} onSubmit={form.submit}>
      <h1>{t("violations.new")}</h1>
      {seen.passage && <About passage={seen.passage} />}
      {seen.isMissing && <Notice tone="attention">{t("violations.stillMissing")}</Notice>}
      <Tiles label={t("violations.what")} tiles={KINDS.map(({ kind, icon: Icon }) => ({ value: kind, label: t(`violations.kind.${kind}`), icon: <Icon aria-hidden /> }))} value={values.kind} onChoose={(kind) => form.set("kind", kind)} />
      <PhotoPicker label={t("violations.photos")} description={t("violations.photosHint")} photos={values.photos} most={MOST_PHOTOS} onChange={(photos) => form.set("photos", photos)} onPreparing={setPreparing} />
      <Field label={t("field.plate")} optional {...form.text("plate")} maxLength={20} />
      <PremisesField
        value={values.address}
        description={t("violations.addressHint")}
        error={form.text("address").error}
        onChange={(address) => form.patch({ address, household: null })}
        onChoose={({ address, household }) => form.patch({ address, household })}
      />
      <Field label={t("field.note")} optional multiline {...form.text("note")} maxLength={500} />
      {form.failure && (form.failure instanceof DOMException ? <Notice tone="bad">{t("violations.storeFull")}</Notice> : <ProblemNotice error={form.failure} />)}
      <Button type="submit" tone="info" size="big" icon={<IconAlertOctagon aria-hidden />} disabled={!values.kind || form.isBusy || isPreparing || seen.isComing}>
        {t("violations.send")}
      </Button>
    </form>
  );
}

/** Which passage it is about: with it the place and the moment are told. */
function About({ passage }: { passage: Passage }) {
  const { t } = useWords();
  const times = useTimes();
  return <p className={classes["dim"]}>{t("violations.about", { lane: passage.point_name, direction: t(`direction.${passage.direction}`), time: times.short(passage.at) })}</p>;
}

function useViolation({ plate = "", pass, passage }: Prefilled) {
  const { t } = useWords();
  const { guard } = useSession();
  const { put } = useQueue();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [id] = useState(newId); // the same for every try: it is one violation
  const send = async ({ kind, photos, at, ...rest }: Values): Promise<"sent" | "queued"> => {
    if (!kind) throw new Error("no kind was chosen");
    const queued: Queued = { id, body: { id, kind, pass_id: pass ?? null, passage: passage ?? null, ...rest }, photos, guard, at: at ?? new Date().toISOString() };
    try {
      await deliver(queued, server);
      return "sent";
    } catch (error) {
      if (!(error instanceof Problem) || !error.isTemporary) throw error;
      await put(queued);
      return "queued";
    }
  };
  const initial: Values = { kind: undefined, plate, address: "", household: null, note: "", photos: [], at: null };
  return useForm(
    initial,
    send,
    (outcome) => {
      say(outcome === "sent" ? "good" : "attention", t(outcome === "sent" ? "violations.saved" : "violations.waitsHere"));
      refresh(client, [["violations"]]);
      void navigate({ to: "/violations", replace: true });
    },
    FIELDS,
  );
}
