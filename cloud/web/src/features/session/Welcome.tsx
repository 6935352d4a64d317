/** The two ways in for somebody new: an invitation, and the first run of an installation. */

import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import type { Language } from "@/shared/i18n";
import { ProblemNotice } from "@/shared/ui/Problem";
import { acceptInvitation, claimFirstRun, lookAtInvitation } from "./api";
import { EntryLayout } from "./EntryLayout";
import { BackToSignIn, NoToken } from "./Reset";

interface WelcomeProps {
  token: string | undefined;
  onDone: () => void;
}

export function Invitation({ token, onDone }: WelcomeProps) {
  const { t } = useTranslation();
  const seen = useQuery({ queryKey: ["invitation", token], queryFn: () => lookAtInvitation(token ?? ""), enabled: token !== undefined });
  if (!token) return <NoToken title={t("session.inviteTitle")} />;
  if (seen.isError) {
    return (
      <EntryLayout title={t("session.inviteTitle")}>
        <ProblemNotice error={seen.error} />
        <BackToSignIn />
      </EntryLayout>
    );
  }
  if (!seen.data) return null;
  return <AcceptForm token={token} seen={seen.data} onDone={onDone} />;
}

interface AcceptFormProps {
  token: string;
  seen: { name: string; company: string; email: string; has_password: boolean };
  onDone: () => void;
}

function AcceptForm({ token, seen, onDone }: AcceptFormProps) {
  const { t } = useTranslation();
  const draft = useDraft({ token, name: seen.name, password: "" }, acceptInvitation, { onDone, fields: ["name", "password"] });
  const hint = t(seen.has_password ? "session.inviteKnown" : "session.inviteHint", { company: seen.company, email: seen.email });
  return (
    <EntryLayout title={t("session.inviteTitle")} hint={hint}>
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <TextInput
            autoComplete="name"
            required
            label={t("session.personName")}
            value={draft.values.name}
            error={draft.error("name")}
            onChange={(event) => draft.set("name", event.currentTarget.value)}
          />
          {!seen.has_password && (
            <PasswordInput
              autoComplete="new-password"
              required
              autoFocus
              label={t("session.password")}
              description={t("session.passwordHint")}
              value={draft.values.password}
              error={draft.error("password")}
              onChange={(event) => draft.set("password", event.currentTarget.value)}
            />
          )}
          <Button type="submit" loading={draft.isBusy}>
            {t("session.accept")}
          </Button>
        </Stack>
      </form>
    </EntryLayout>
  );
}

export function FirstRun({ token, onDone }: WelcomeProps) {
  const { t, i18n } = useTranslation();
  const empty = {
    token: token ?? "",
    company: "",
    name: "",
    email: "",
    password: "",
    language: i18n.language as Language,
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  const draft = useDraft(empty, claimFirstRun, { onDone, fields: Object.keys(empty) });
  return (
    <EntryLayout title={t("session.firstRunTitle")} hint={t("session.firstRunHint")}>
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <TextInput
            required
            label={t("session.firstRunToken")}
            value={draft.values.token}
            error={draft.error("token")}
            onChange={(event) => draft.set("token", event.currentTarget.value)}
          />
          <TextInput
            autoComplete="organization"
            required
            label={t("shell.company")}
            value={draft.values.company}
            error={draft.error("company")}
            onChange={(event) => draft.set("company", event.currentTarget.value)}
          />
          <TextInput
            autoComplete="name"
            required
            label={t("session.personName")}
            value={draft.values.name}
            error={draft.error("name")}
            onChange={(event) => draft.set("name", event.currentTarget.value)}
          />
          <TextInput
            type="email"
            autoComplete="username"
            required
            label={t("field.email")}
            value={draft.values.email}
            error={draft.error("email")}
            onChange={(event) => draft.set("email", event.currentTarget.value)}
          />
          <PasswordInput
            autoComplete="new-password"
            required
            label={t("session.password")}
            description={t("session.passwordHint")}
            value={draft.values.password}
            error={draft.error("password")}
            onChange={(event) => draft.set("password", event.currentTarget.value)}
          />
          <Button type="submit" loading={draft.isBusy}>
            {t("session.firstRunButton")}
          </Button>
        </Stack>
      </form>
    </EntryLayout>
  );
}
