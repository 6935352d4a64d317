/** A forgotten password: ask for a letter, then choose a new password by its link. */

import { PasswordInput, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { useDraft } from "@/shared/form/useDraft";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { askReset, setPassword } from "./api";
import { EntryForm } from "./EntryForm";
import { EntryLayout } from "./EntryLayout";

export function BackToSignIn() {
  const { t } = useTranslation();
  return (
    <LinkAnchor to="/sign-in" size="sm" ta="center">
      {t("session.backToSignIn")}
    </LinkAnchor>
  );
}

async function ask({ email }: { email: string }): Promise<string> {
  await askReset(email);
  return email;
}

export function AskReset() {
  const { t } = useTranslation();
  const draft = useDraft({ email: "" }, ask, { fields: ["email"] });
  if (draft.result !== undefined) {
    return (
      <EntryLayout title={t("session.resetSentTitle")}>
        <Text size="sm">{t("session.resetSent", { email: draft.result })}</Text>
        <BackToSignIn />
      </EntryLayout>
    );
  }
  return (
    <EntryForm title={t("session.resetTitle")} hint={t("session.resetHint")} draft={draft} submitLabel={t("session.resetSend")} others={<BackToSignIn />}>
      <TextInput type="email" autoComplete="username" autoFocus required label={t("field.email")} {...draft.text("email")} />
    </EntryForm>
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
    <EntryForm title={t("session.newPasswordTitle")} draft={draft} submitLabel={t("session.setPassword")}>
      <PasswordInput
        autoComplete="new-password"
        autoFocus
        required
        label={t("session.newPassword")}
        description={t("session.passwordHint")}
        {...draft.text("password")}
      />
    </EntryForm>
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
