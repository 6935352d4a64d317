/** Who is visited: one of those at the address, any other person, or just a name; and the guest's phone and document. */

import { Button, Group, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import type { Draft } from "@/shared/form/useDraft";
import { findPeople } from "@/shared/lookups";
import { LookupSelect } from "@/shared/lookups/LookupSelect";
import { hostsOf } from "./api";
import type { Entered } from "./draft";

export function HostField<R>({ draft }: { draft: Draft<Entered, R> }) {
  const { t } = useTranslation();
  const { values, set, patch, error } = draft;
  const premisesId = values.premises?.id;
  const hosts = useQuery({
    queryKey: ["people", "at", premisesId],
    queryFn: () => hostsOf(premisesId ?? ""),
    enabled: premisesId !== undefined,
  });
  const suggested = values.host ? [] : (hosts.data ?? []);
  return (
    <>
      <LookupSelect
        queryKey={["people"]}
        find={findPeople}
        label={t("passes.column.host")}
        value={values.host}
        error={error("host_id", "host")}
        onChange={(host) => set("host", host)}
        onUnlisted={values.hostText === "" || values.host ? (hostText) => patch({ host: null, hostText }) : undefined}
      />
      {suggested.length > 0 && (
        <Group gap={6}>
          {suggested.map((person) => (
            <Button
              key={person.id}
              size="compact-sm"
              variant="light"
              onClick={() => patch({ host: { id: person.id, label: person.name } })}
            >
              {person.name}
            </Button>
          ))}
        </Group>
      )}
      {!values.host && (
        <TextInput label={t("passes.hostText")} description={t("passes.hostTextHint")} {...draft.text("hostText", "host")} />
      )}
      <TextInput
        type="tel"
        label={t("passes.guestPhone")}
        placeholder="+7 (999) 999-99-99"
        {...draft.text("phone")}
      />
      <TextInput label={t("passes.document")} description={t("passes.documentHint")} placeholder={t("form.example.document")} {...draft.text("document")} />
    </>
  );
}
