/** A forgotten password: ask for a letter, then choose a new password by its link. */

import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import { ProblemNotice } from "@/shared/ui/Problem";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { askReset, setPassword } from "./api";
import { EntryLayout } from "./EntryLayout";

export function BackToSignIn() {
  const { t } = useTranslation();
  return (
    <LinkAnchor to="/sign-in" size="sm" ta="center">
      {t("session.backToSignIn")}
    </LinkAnchor>
  );
}

export function AskReset() {
  const { t } = useTranslation();
  const draft = useDraft({ email: "" }, async (values) => {
    await askReset(values.email);
    return values.email;
  }, { fields: ["email"] });
  if (draft.result !== undefined) {
    return (
      <EntryLayout title={t("session.resetSentTitle")}>
        <Text size="sm">{t("session.resetSent", { email: draft.result })}</Text>
        <BackToSignIn />
      </EntryLayout>
    );
  }
  return (
    <EntryLayout title={t("session.resetTitle")} hint={t("session.resetHint")}>
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <TextInput
            type="email"
            autoComplete="username"
            autoFocus
            required
            label={t("field.email")}
            value={draft.values.email}
            error={draft.error("email")}
            onChange={(event) => draft.set("email", event.currentTarget.value)}
          />
          <Button type="submit" loading={draft.isBusy}>
            {t("session.resetSend")}
          </Button>
          <BackToSignIn />
        </Stack>
      </form>
    </EntryLayout>
  );
}

interface TokenProps {
  token: string | undefined;
  onDone: () => void;
}

export function NewPassword({ token, onDone }: TokenProps) {
  const { t } = useTranslation();
  const draft = useDraft({ token: token ?? "", password: "" }, setPassword, { onDone, fields: ["password"] });
  if (!token) return <NoToken title={t("session.newPasswordTitle")} />;
  return (
    <EntryLayout title={t("session.newPasswordTitle")}>
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && <ProblemNotice error={draft.failure} />}
          <PasswordInput
            autoComplete="new-password"
            autoFocus
            required
            label={t("session.newPassword")}
            description={t("session.passwordHint")}
            value={draft.values.password}
            error={draft.error("password")}
            onChange={(event) => draft.set("password", event.currentTarget.value)}
          />
          <Button type="submit" loading={draft.isBusy}>
            {t("session.setPassword")}
          </Button>
        </Stack>
      </form>
    </EntryLayout>
  );
}

export function NoToken({ title }: { title: string }) {
  const { t } = useTranslation();
  return (
    <EntryLayout title={title}>
      <Text size="sm">{t("session.linkMissing")}</Text>
      <BackToSignIn />
    </EntryLayout>
  );
}
