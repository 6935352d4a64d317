/** A person as a card: contacts, and what they are to which premises. */

import { ActionIcon, Anchor, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/shared/form/ConfirmDialog";
import { useDraft } from "@/shared/form/useDraft";
import { formatPhone } from "@/shared/format/numbers";
import { usePremisesLookup } from "@/shared/lookups";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import { useMay } from "@/shared/session/me";
import { Facts } from "@/shared/ui/Facts";
import { ProblemNotice, useProblemText } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { notifyUndoable } from "@/shared/ui/undo";
import { WhoLooked } from "@/shared/ui/WhoLooked";
import { addResidency, getPerson, type Person, removeResidency, type Residency, residenciesOf, type ResidencyRole } from "./api";
import { PersonDialog } from "./PersonDialog";
import { PersonFace } from "./PersonFace";
import { ResidentAccess } from "./ResidentAccess";

const ROLES: readonly ResidencyRole[] = ["owner", "tenant", "resident", "representative"];

export function PersonPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const person = useQuery({ queryKey: ["people", "one", id], queryFn: () => getPerson(id) });
  const mayManage = useMay()("people.manage");
  const [isChanging, changing] = useDisclosure();
  return (
    <SidePanel title={person.data?.name ?? t("people.person")} onClose={onClose}>
      {person.isError && <ProblemNotice error={person.error} onRetry={() => void person.refetch()} />}
      {person.data && (
        <Stack gap="md">
          <Facts
            items={[
              [t("field.phone"), person.data.phones.map((phone) => (
                <Anchor key={phone} href={`tel:${phone}`} display="block" fz="sm">
                  {formatPhone(phone)}
                </Anchor>
              ))],
              [t("field.email"), person.data.email],
              [t("field.comment"), person.data.note],
            ]}
          />
          {mayManage && (
            <Group>
              <Button size="xs" variant="default" onClick={changing.open}>
                {t("action.change")}
              </Button>
            </Group>
          )}
          <Residencies person={person.data} mayManage={mayManage} />
          <ResidentAccess person={person.data} mayManage={mayManage} />
          <PersonFace person={person.data} mayManage={mayManage} />
          <WhoLooked subject={`person:${person.data.id}`} />
          {isChanging && <PersonDialog person={person.data} onClose={changing.close} onSaved={changing.close} />}
        </Stack>
      )}
    </SidePanel>
  );
}

function Residencies({ person, mayManage }: { person: Person; mayManage: boolean }) {
  const { t } = useTranslation();
  const personId = person.id;
  const [removing, setRemoving] = useState<Residency | null>(null);
  const residencies = useQuery({ queryKey: ["people", "residencies", personId], queryFn: () => residenciesOf(personId) });
  return (
    <Stack gap="xs" component="section">
      <Title order={2} fz="sm">
        {t("people.residencies")}
      </Title>
      {residencies.error && <ProblemNotice error={residencies.error} />}
      {residencies.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("people.noResidencies")}
        </Text>
      )}
      {residencies.data?.map((residency) => (
        <Group key={residency.id} data-row justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm">{residency.address}</Text>
            <Text size="xs" c="dimmed">
              {t(`people.role.${residency.role}`)}
            </Text>
          </div>
          {mayManage && (
            <ActionIcon aria-label={t("people.removeResidency", { address: residency.address })} onClick={() => setRemoving(residency)}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {mayManage && <AddResidency key={residencies.data?.length} personId={personId} />}
      {removing && <RemoveDialog person={person} residency={removing} onClose={() => setRemoving(null)} />}
    </Stack>
  );
}

function RemoveDialog({ person, residency, onClose }: { person: Person; residency: Residency; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const textOf = useProblemText();
  const { address } = residency;
  const again = () => void client.invalidateQueries({ queryKey: ["people"] });
  const onDone = () => {
    again();
    onClose();
    notifyUndoable({
      message: t("people.residencyRemoved", { address }),
      label: t("action.bringBack"),
      undo: () => addResidency(person.id, residency).then(again),
      textOf,
    });
  };
  return (
    <ConfirmDialog
      title={t("people.removeTitle")}
      hint={t("people.removeHint", { person: person.name, address, role: t(`people.role.${residency.role}`) })}
      submitLabel={t("action.remove")}
      act={() => removeResidency(person.id, residency.id)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}

function AddResidency({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const premisesLookup = usePremisesLookup();
  const initial: { premises: Found | null; role: ResidencyRole } = { premises: null, role: "owner" };
  const draft = useDraft(initial, ({ premises, role }) => addResidency(personId, { premises_id: premises?.id ?? "", role }), {
    fields: ["premises_id"],
    onDone: () => void client.invalidateQueries({ queryKey: ["people"] }),
  });
  return (
    <form onSubmit={draft.submit}>
      <Stack gap="xs">
        {draft.failure && <ProblemNotice error={draft.failure} />}
        <LookupSelect
          {...premisesLookup}
          label={t("people.addResidency")}
          value={draft.values.premises}
          error={draft.error("premises_id", "premises")}
          onChange={(premises) => draft.set("premises", premises)}
        />
        <Group gap="xs" wrap="nowrap">
          <Select
            flex={1}
            aria-label={t("people.roleLabel")}
            allowDeselect={false}
            data={ROLES.map((role) => ({ value: role, label: t(`people.role.${role}`) }))}
            value={draft.values.role}
            onChange={(role) => role && draft.set("role", role)}
          />
          <Button type="submit" variant="default" loading={draft.isBusy} disabled={!draft.values.premises}>
            {t("action.add")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
