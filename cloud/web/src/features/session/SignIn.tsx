/** Sign-in: e-mail and password, then the second factor when the account has one. */

import { Alert, Button, PasswordInput, PinInput, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { ProblemNotice } from "@/shared/ui/Problem";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { NEEDS_CODE, signIn, type SignInDraft } from "./api";
import { EntryLayout } from "./EntryLayout";

interface SignInProps {
  /** Said above the form: the session ended, the password was changed. */
  notice?: string | undefined;
  onSignedIn: () => void;
}

const EMPTY: SignInDraft = { email: "", password: "" };

export function SignIn({ notice, onSignedIn }: SignInProps) {
  const { t } = useTranslation();
  const draft = useDraft(EMPTY, signIn, { onDone: onSignedIn, fields: ["email", "password", "code", "recovery_code"] });
  const problem = draft.failure instanceof Problem ? draft.failure : null;
  const [needsCode, setNeedsCode] = useState(false);
  if (problem?.code === NEEDS_CODE && !needsCode) setNeedsCode(true);
  if (needsCode) return <SecondStep draft={draft} onBack={() => setNeedsCode(false)} />;
  return (
    <EntryLayout title={t("session.signIn")}>
      {notice && <Alert>{notice}</Alert>}
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && problem?.code !== NEEDS_CODE && <ProblemNotice error={draft.failure} />}
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
          <PasswordInput
            autoComplete="current-password"
            required
            label={t("session.password")}
            value={draft.values.password}
            error={draft.error("password")}
            onChange={(event) => draft.set("password", event.currentTarget.value)}
          />
          <Button type="submit" loading={draft.isBusy} mt="xs">
            {t("session.signInButton")}
          </Button>
          <LinkAnchor to="/reset" size="sm" ta="center">
            {t("session.forgot")}
          </LinkAnchor>
        </Stack>
      </form>
    </EntryLayout>
  );
}

function SecondStep({ draft, onBack }: { draft: Draft<SignInDraft, unknown>; onBack: () => void }) {
  const { t } = useTranslation();
  const [isRecovery, setRecovery] = useState(false);
  const problem = draft.failure instanceof Problem ? draft.failure : null;
  const isFirstTry = problem?.code === NEEDS_CODE;
  return (
    <EntryLayout title={t("session.totpTitle")} hint={isRecovery ? t("session.recoveryHint") : t("session.totpHint")}>
      <form onSubmit={draft.submit}>
        <Stack gap="sm">
          {draft.failure && !isFirstTry && <ProblemNotice error={draft.failure} />}
          {isRecovery ? (
            <TextInput
              autoFocus
              label={t("session.recoveryCode")}
              value={draft.values.recovery_code ?? ""}
              error={draft.error("recovery_code")}
              onChange={(event) => draft.set("recovery_code", event.currentTarget.value)}
            />
          ) : (
            <Stack gap={4}>
              <PinInput
                length={6}
                type="number"
                autoFocus
                oneTimeCode
                aria-label={t("session.totpCode")}
                error={draft.error("code") !== undefined}
                onChange={(code) => draft.set("code", code)}
              />
              <Text size="sm" c="var(--mantine-color-error)">
                {draft.error("code")}
              </Text>
            </Stack>
          )}
          <Button type="submit" loading={draft.isBusy}>
            {t("session.signInButton")}
          </Button>
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              draft.patch({ code: "", recovery_code: "" });
              setRecovery(!isRecovery);
            }}
          >
            {isRecovery ? t("session.useTotp") : t("session.useRecovery")}
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
            {t("action.back")}
          </Button>
        </Stack>
      </form>
    </EntryLayout>
  );
}
