/** My account: where I am signed in, my password, my authenticator app. */

import { Alert, Badge, Button, Card, Group, PasswordInput, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { useOptimistic } from "@/shared/api/optimistic";
import { followFocus } from "@/shared/form/followFocus";
import { useDraft } from "@/shared/form/useDraft";
import { useRefusedFocus } from "@/shared/form/useFocus";
import { useMe } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useLate } from "@/shared/ui/useLate";
import { changePassword, endOthers, endSession, mySessions, type Session } from "./api";
import { browserName } from "./browserName";
import { Companies } from "./Companies";
import { RemoveTotpDialog, TotpDialog } from "./TotpDialog";

/** Words that are longer than the card go on below. */
const WRAPPED = { root: { height: "auto", minHeight: "var(--button-height)" }, label: { whiteSpace: "normal" } } as const;

const sessionsQuery = queryOptions({ queryKey: ["sessions"], queryFn: mySessions });

export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  const isNobodysStaff = !me.is_operator && me.companies.every(({ permissions, needs_totp }) => permissions.length === 0 && !needs_totp);
  const sessions = useQuery(sessionsQuery);
  const isWaiting = useLate(sessions.isPending);
  return (
    <Page title={t("section.account")} note={`${me.name}, ${me.email}`}>
      {isNobodysStaff && <Alert color="gray">{t("account.noRights")}</Alert>}
      {isWaiting && <Skeleton height={300} />}
      {!sessions.isPending && (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          <Stack>
            <Sessions />
            <Companies />
          </Stack>
          <Stack>
            <SecondFactor />
            <Password />
          </Stack>
        </SimpleGrid>
      )}
    </Page>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const sessions = useQuery(sessionsQuery);
  const keys = [["sessions"]];
  const undone = t("account.notEnded");
  const left = (data: unknown, stays: (session: Session) => boolean) => (data as Session[]).filter(stays);
  const end = useOptimistic({ act: endSession, keys, undone, change: (data, id) => left(data, (session) => session.id !== id) });
  const others = useOptimistic({ act: endOthers, keys, undone, change: (data) => left(data, (session) => session.is_this) });
  return (
    <Card withBorder component="section">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} fz={17}>
            {t("account.sessions")}
          </Title>
          {(sessions.data?.length ?? 0) > 1 && (
            <Button size="xs" variant="default" onClick={() => others.mutate()}>
              {t("account.endOthers")}
            </Button>
          )}
        </Group>
        {sessions.error && <ProblemNotice error={sessions.error} />}
        {sessions.data?.map((session) => (
          <SessionLine key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
        ))}
      </Stack>
    </Card>
  );
}

function SessionLine({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useTranslation();
  const press = ({ currentTarget }: MouseEvent<HTMLElement>) => {
    followFocus(currentTarget);
    onEnd();
  };
  return (
    <Group data-row justify="space-between" wrap="nowrap" gap="xs">
      <div>
        <Group gap="xs">
          <Text size="sm" fw={550}>
            {session.kind === "app" ? t("account.app") : browserName(session.user_agent ?? "")}
          </Text>
          {session.is_this && (
            <Badge size="sm" variant="default" tt="none">
              {t("account.thisOne")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {session.address} · {t("account.seen")} <Age at={session.seen_at} />
        </Text>
      </div>
      {!session.is_this && (
        <Button size="compact-sm" flex="none" variant="subtle" color="gray" c="var(--domovoy-denied)" onClick={press}>
          {t("account.end")}
        </Button>
      )}
    </Group>
  );
}

function SecondFactor() {
  const { t } = useTranslation();
  const me = useMe();
  const [isSetting, setting] = useDisclosure();
  const [isRemoving, removing] = useDisclosure();
  const isDemanded = me.companies.some((company) => company.needs_totp);
  return (
    <Card withBorder component="section">
      <Stack gap="sm">
        <Title order={2} fz={17}>
          {t("account.totp")}
        </Title>
        <Text size="sm">{me.totp ? t("account.totpOn") : isDemanded ? t("account.totpDemanded") : t("account.totpOff")}</Text>
        <Group>
          {me.totp ? (
            <Button variant="default" onClick={removing.open}>
              {t("account.totpRemove")}
            </Button>
          ) : (
            <Button variant={isDemanded ? "filled" : "default"} maw="100%" styles={WRAPPED} onClick={setting.open}>
              {t("account.totpSet")}
            </Button>
          )}
        </Group>
        {isSetting && <TotpDialog onClose={setting.close} />}
        {isRemoving && <RemoveTotpDialog onClose={removing.close} />}
      </Stack>
    </Card>
  );
}

function Password() {
  const { t } = useTranslation();
  const draft = useDraft({ current: "", new: "" }, changePassword, {
    fields: ["current", "new"],
    onDone: () => {
      draft.patch({ current: "", new: "" });
      notifications.show({ message: t("account.passwordChanged"), color: "teal" });
    },
  });
  const form = useRefusedFocus(draft.refusals);
  return (
    <Card withBorder component="section">
      <form ref={form} onSubmit={draft.submit} noValidate>
        <Stack gap="sm">
          <Title order={2} fz={17}>
            {t("session.password")}
          </Title>
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <PasswordInput
            required
            autoComplete="current-password"
            label={t("account.currentPassword")}
            {...draft.text("current")}
          />
          <PasswordInput
            required
            autoComplete="new-password"
            label={t("session.newPassword")}
            description={t("account.passwordHint")}
            {...draft.text("new")}
          />
          <Group>
            <Button type="submit" variant="default" loading={draft.isBusy}>
              {t("session.setPassword")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
