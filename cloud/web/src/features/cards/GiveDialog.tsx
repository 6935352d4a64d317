/** To whom a card goes: onto a pass that stands, or to a resident or one of the staff with a new one. */

import { SegmentedControl, Select, Text, TextInput } from "@mantine/core";
import { DatePickerInput } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useComplex } from "@/shared/complex/useComplex";
import { FormDialog } from "@/shared/form/FormDialog";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { momentInZone } from "@/shared/format/dates";
import { findPeople } from "@/shared/lookups";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import { NoSiteDialog } from "@/shared/lookups/NoSiteDialog";
import { type SiteName, useOwnSites } from "@/shared/lookups/sites";
import { type Card, findPasses, giveCard, type GiveDraft, personOf, residenciesOf } from "./api";
import { nameOf } from "./columns";

const TO = ["pass", "resident", "staff"] as const;
const DAY_MS = 86_400_000;

interface Entered {
  to: (typeof TO)[number];
  pass: Found | null;
  person: Found | null;
  premisesId: string | null;
  holder: string;
  siteId: string;
  /** The last day, `2026-11-22`. */
  due: string | null;
  deposit: string;
  note: string;
}

const EMPTY: Entered = { to: "pass", pass: null, person: null, premisesId: null, holder: "", siteId: "", due: null, deposit: "", note: "" };

const PLACED: Record<Entered["to"], readonly string[]> = {
  pass: ["pass_id"],
  resident: ["person", "new_pass.holder", "new_pass.host_id", "new_pass.premises_id"],
  staff: ["new_pass.holder"],
};

interface GiveDialogProps {
  card: Card;
  onClose: () => void;
  onDone: (card: Card) => void;
}

export function GiveDialog(props: GiveDialogProps) {
  const { t } = useTranslation();
  const sites = useOwnSites();
  if (sites?.length === 0) return <NoSiteDialog title={t("cards.giveTitle", { card: nameOf(props.card) })} onClose={props.onClose} />;
  return <GiveForm {...props} sites={sites ?? []} />;
}

function GiveForm({ card, onClose, onDone, sites }: GiveDialogProps & { sites: readonly SiteName[] }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const send = async (entered: Entered) => giveCard(card.id, await draftOf(entered, sites));
  const draft = useDraft<Entered, Card>(EMPTY, send, {
    fields: ({ to }) => [...PLACED[to], ...(to !== "pass" && sites.length > 1 ? ["new_pass.site_id"] : []), "due_at", "deposit", "note"],
    onDone: (given) => {
      for (const kind of ["cards", "passes"]) void client.invalidateQueries({ queryKey: [kind] });
      onDone(given);
    },
  });
  const { values, set, error } = draft;
  return (
    <FormDialog title={t("cards.giveTitle", { card: nameOf(card) })} draft={draft} submitLabel={t("cards.give")} onClose={onClose}>
      <SegmentedControl
        aria-label={t("cards.to")}
        data={TO.map((to) => ({ value: to, label: t(`cards.toWhom.${to}`) }))}
        value={values.to}
        onChange={(to) => set("to", to)}
      />
      <Text size="sm" c="dimmed">
        {t(`cards.toHint.${values.to}`)}
      </Text>
      <Holder draft={draft} />
      {values.to !== "pass" && sites.length > 1 && (
        <Select
          label={t("passes.site")}
          allowDeselect={false}
          data={sites.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.siteId || (sites[0]?.id ?? null)}
          error={error("new_pass.site_id", "siteId")}
          onChange={(id) => id && set("siteId", id)}
        />
      )}
      <DatePickerInput
        label={t("cards.due")}
        placeholder={t("cards.noDue")}
        clearable
        valueFormat="DD.MM.YYYY"
        value={values.due}
        error={error("due_at", "due")}
        onChange={(due) => set("due", due)}
      />
      <TextInput label={t("cards.deposit")} placeholder={t("cards.depositExample")} {...draft.text("deposit")} />
      <TextInput label={t("field.comment")} {...draft.text("note")} />
    </FormDialog>
  );
}

function Holder({ draft }: { draft: Draft<Entered, Card> }) {
  const { t } = useTranslation();
  const complex = useComplex();
  const { values, set, patch, error } = draft;
  if (values.to === "pass") {
    return (
      <LookupSelect
        key="pass"
        queryKey={["passes", "standing", complex ?? null]}
        find={(q) => findPasses(q, complex)}
        label={t("passes.pass")}
        required
        value={values.pass}
        error={error("pass_id", "pass")}
        onChange={(pass) => set("pass", pass)}
      />
    );
  }
  if (values.to === "staff") return <TextInput required label={t("cards.who")} {...draft.text("holder", "new_pass.holder")} />;
  return (
    <>
      <LookupSelect
        key="person"
        queryKey={["people"]}
        find={findPeople}
        label={t("cards.who")}
        required
        value={values.person}
        error={error("person") ?? error("new_pass.host_id", "person") ?? error("new_pass.holder", "person")}
        onChange={(person) => patch({ person, premisesId: null })}
      />
      <Premises draft={draft} />
    </>
  );
}

/** Where the person lives: chosen by itself where that is one place. */
function Premises({ draft }: { draft: Draft<Entered, Card> }) {
  const { t } = useTranslation();
  const { values, set, error } = draft;
  const personId = values.person?.id ?? "";
  const residencies = useQuery({ queryKey: ["people", "residencies", personId], queryFn: () => residenciesOf(personId), enabled: personId !== "" });
  const places = residencies.data ?? [];
  if (places.length === 0) return null;
  return (
    <Select
      label={t("field.address")}
      clearable
      data={[...new Map(places.map(({ premises_id: id, address }) => [id, { value: id, label: address }])).values()]}
      value={values.premisesId ?? (places.length === 1 ? (places[0]?.premises_id ?? null) : null)}
      error={error("new_pass.premises_id", "premisesId")}
      onChange={(id) => set("premisesId", id ?? "")}
    />
  );
}

/** `premisesId` null: nobody has chosen, `""`: none was chosen. */
async function draftOf(entered: Entered, sites: readonly SiteName[]): Promise<GiveDraft> {
  const siteId = entered.siteId || (sites[0]?.id ?? "");
  const zone = sites.find((site) => site.id === siteId)?.time_zone ?? "UTC";
  const common = {
    due_at: entered.due ? new Date(momentInZone(entered.due, "00:00", zone).getTime() + DAY_MS).toISOString() : null,
    deposit: entered.deposit,
    note: entered.note,
  };
  if (entered.to === "pass") return { ...common, pass_id: entered.pass?.id ?? null };
  const fresh = { site_id: siteId, plates: [], cards: [], points: [], schedule: [], vehicle: "", host: "", document: "", service: "", note: "", pin: false, code: false };
  if (entered.to === "staff") return { ...common, new_pass: { ...fresh, kind: "staff", holder: entered.holder } };
  const person = entered.person && (await personOf(entered.person.id));
  const places = person ? await residenciesOf(person.id) : [];
  const only = places.length === 1 ? (places[0]?.premises_id ?? null) : null;
  const premisesId = entered.premisesId === null ? only : entered.premisesId || null;
  return { ...common, new_pass: { ...fresh, kind: "resident", holder: person?.name ?? "", host_id: person?.id ?? null, premises_id: premisesId } };
}
