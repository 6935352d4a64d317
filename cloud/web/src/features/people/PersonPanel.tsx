/** A person as a card: contacts, and what they are to which premises. */

import { ActionIcon, Anchor, Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import { formatPhone } from "@/shared/format/numbers";
import { findPremises } from "@/shared/lookups";
import { type Found, LookupSelect } from "@/shared/lookups/LookupSelect";
import { useMay } from "@/shared/session/me";
import { Facts } from "@/shared/ui/Facts";
import { ProblemNotice } from "@/shared/ui/Problem";
import { SidePanel } from "@/shared/ui/SidePanel";
import { addResidency, getPerson, removeResidency, residenciesOf, type ResidencyRole } from "./api";
import { PersonDialog } from "./PersonDialog";

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
          <Residencies personId={id} mayManage={mayManage} />
          {isChanging && <PersonDialog person={person.data} onClose={changing.close} onSaved={changing.close} />}
        </Stack>
      )}
    </SidePanel>
  );
}

function Residencies({ personId, mayManage }: { personId: string; mayManage: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const residencies = useQuery({ queryKey: ["people", "residencies", personId], queryFn: () => residenciesOf(personId) });
  const removal = useMutation({
    mutationFn: (residencyId: string) => removeResidency(personId, residencyId),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["people"] }),
  });
  const failure = residencies.error ?? removal.error;
  return (
    <Stack gap="xs" component="section">
      <Title order={2} fz="sm">
        {t("people.residencies")}
      </Title>
      {failure && <ProblemNotice error={failure} />}
      {residencies.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t("people.noResidencies")}
        </Text>
      )}
      {residencies.data?.map((residency) => (
        <Group key={residency.id} justify="space-between" wrap="nowrap">
          <div>
            <Text size="sm">{residency.address}</Text>
            <Text size="xs" c="dimmed">
              {t(`people.role.${residency.role}`)}
            </Text>
          </div>
          {mayManage && (
            <ActionIcon aria-label={t("action.remove")} onClick={() => removal.mutate(residency.id)}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {mayManage && <AddResidency key={residencies.data?.length} personId={personId} />}
    </Stack>
  );
}

function AddResidency({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const initial: { premises: Found | null; role: ResidencyRole } = { premises: null, role: "owner" };
  const draft = useDraft(initial, ({ premises, role }) => addResidency(personId, premises?.id ?? "", role), {
    fields: ["premises_id", "role"],
    onDone: () => void client.invalidateQueries({ queryKey: ["people"] }),
  });
  return (
    <form onSubmit={draft.submit}>
      <Stack gap="xs">
        {draft.failure && <ProblemNotice error={draft.failure} />}
        <LookupSelect
          queryKey={["premises"]}
          find={findPremises}
          label={t("people.addResidency")}
          value={draft.values.premises}
          error={draft.error("premises_id")}
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
