/** Whether a person uses the residents' app: inviting them by a letter, and ending it. */

import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/shared/form/ConfirmDialog";
import { useDraft } from "@/shared/form/useDraft";
import { Age } from "@/shared/ui/Age";
import { ProblemNotice } from "@/shared/ui/Problem";
import { Status, type Tone } from "@/shared/ui/Status";
import { endResident, inviteResident, type Person, type ResidentAccount, residentOf } from "./api";

const TONE: Record<ResidentAccount["state"], Tone> = { invited: "attention", active: "good", ended: "quiet" };

export function ResidentAccess({ person, mayManage }: { person: Person; mayManage: boolean }) {
  const { t } = useTranslation();
  const account = useQuery({ queryKey: ["people", "account", person.id], queryFn: () => residentOf(person.id) });
  const state = account.data?.state;
  return (
    <Stack gap="xs" component="section">
      <Title order={2} fz="sm">
        {t("people.access")}
      </Title>
      {account.error && <ProblemNotice error={account.error} />}
      {account.data && <Standing account={account.data} />}
      {account.data === null && (
        <Text size="sm" c="dimmed">
          {t("people.accessNone")}
        </Text>
      )}
      {mayManage && account.isSuccess && state !== "active" && <Invite key={account.data?.invited_at} person={person} account={account.data} />}
      {mayManage && account.data && state !== "ended" && <End person={person} account={account.data} />}
    </Stack>
  );
}

function Standing({ account }: { account: ResidentAccount }) {
  const { t } = useTranslation();
  const since = { invited: account.invited_at, active: account.joined_at, ended: account.ended_at }[account.state];
  return (
    <div>
      <Status tone={TONE[account.state]}>{t(`people.accessState.${account.state}`)}</Status>
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {account.email}
        {since && (
          <>
            {" · "}
            <Age at={since} />
          </>
        )}
      </Text>
    </div>
  );
}

function Invite({ person, account }: { person: Person; account: ResidentAccount | null }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ email: account?.email ?? person.email ?? "" }, ({ email }) => inviteResident(person.id, email), {
    fields: ["email"],
    onDone: ({ email }) => {
      void client.invalidateQueries({ queryKey: ["people"] });
      notifications.show({ message: t("people.invited", { email }), color: "teal" });
    },
  });
  return (
    <form onSubmit={draft.submit} noValidate>
      <Stack gap="xs">
        {draft.failure && <ProblemNotice error={draft.failure} />}
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <TextInput flex={1} type="email" label={t("people.inviteTo")} {...draft.text("email")} />
          <Button type="submit" variant="default" loading={draft.isBusy} disabled={!draft.values.email}>
            {t(account?.state === "invited" ? "people.inviteAgain" : "people.invite")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function End({ person, account }: { person: Person; account: ResidentAccount }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isAsking, asking] = useDisclosure();
  const label = t(account.state === "invited" ? "people.withdraw" : "people.endAccess");
  return (
    <Group>
      <Button size="xs" variant="subtle" color="red" onClick={asking.open}>
        {label}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={label}
          hint={t(account.state === "invited" ? "people.withdrawHint" : "people.endHint", { person: person.name, email: account.email })}
          submitLabel={label}
          act={() => endResident(person.id)}
          onClose={asking.close}
          onDone={() => {
            asking.close();
            void client.invalidateQueries({ queryKey: ["people"] });
          }}
        />
      )}
    </Group>
  );
}
