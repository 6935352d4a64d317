/** A violation, recorded in a minute: kind, photos, plate. Without the server it waits on this device. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useEffect, useState } from "react";

import type { Schema } from "../api/client";
import { newId } from "../api/ids";
import { Problem } from "../api/problem";
import { passQuery } from "../api/queries";
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
import { KINDS } from "./kinds";
import { deliver, type Queued } from "./queue";
import { server, useQueue } from "./useQueue";

const MOST_PHOTOS = 10;
const FIELDS = ["kind", "plate", "address", "note"];

interface Values {
  kind: Schema["ViolationKind"] | undefined;
  plate: string;
  address: string;
  household: string | null;
  note: string;
  photos: readonly Blob[];
}

export function NewViolation() {
  const { t } = useWords();
  const { plate = "", pass } = useSearch({ from: "/inside/violations/new" });
  const form = useViolation(plate, pass);
  const { values } = form;
  const [isPreparing, setPreparing] = useState(false);
  usePrefill(pass, form.patch);
  return (
    <form className={classes["form"]} onSubmit={form.submit}>
      <h1>{t("violations.new")}</h1>
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
      <Button type="submit" tone="info" size="big" icon={<IconAlertOctagon aria-hidden />} disabled={!values.kind || form.isBusy || isPreparing}>
        {t("violations.send")}
      </Button>
    </form>
  );
}

function useViolation(plate: string, pass: string | undefined) {
  const { t } = useWords();
  const { guard } = useSession();
  const { put } = useQueue();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [id] = useState(newId); // the same for every try: it is one violation
  const send = async ({ kind, photos, ...rest }: Values): Promise<"sent" | "queued"> => {
    if (!kind) throw new Error("no kind was chosen");
    const queued: Queued = { id, body: { id, kind, pass_id: pass ?? null, ...rest }, photos, guard, at: new Date().toISOString() };
    try {
      await deliver(queued, server);
      return "sent";
    } catch (error) {
      if (!(error instanceof Problem) || !error.isTemporary) throw error;
      await put(queued);
      return "queued";
    }
  };
  const initial: Values = { kind: undefined, plate, address: "", household: null, note: "", photos: [] };
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

/** From a pass: its plate and premises, once they are known. */
function usePrefill(pass: string | undefined, patch: (values: Partial<Values>) => void): void {
  const { data: card } = useQuery({ ...passQuery(pass ?? ""), enabled: pass !== undefined });
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!card || isDone) return;
    setDone(true);
    patch({ plate: card.row.plates[0] ?? "", address: card.row.address, household: card.row.household });
  }, [card, isDone, patch]);
}
