/** Sign-in: e-mail and password, then the second factor when the account has one. */

import { Alert, Button, PasswordInput, PinInput, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { type Draft, useDraft } from "@/shared/form/useDraft";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { NEEDS_CODE, signIn, type SignInDraft } from "./api";
import { EntryForm } from "./EntryForm";

interface SignInProps {
  /** Said above the form: the session ended, the password was changed. */
  notice?: string | undefined;
  onSignedIn: () => void;
}

const EMPTY: SignInDraft = { email: "", password: "" };

/** That a code is needed is the next step, not a refusal. */
function asksForCode(error: unknown): boolean {
  return error instanceof Problem && error.code === NEEDS_CODE;
}

function refusal(failure: Error | null): Error | null {
  return asksForCode(failure) ? null : failure;
}

export function SignIn({ notice, onSignedIn }: SignInProps) {
  const { t } = useTranslation();
  const [needsCode, setNeedsCode] = useState(false);
  const enter = async (values: SignInDraft) => {
    try {
      await signIn(values);
    } catch (error) {
      if (asksForCode(error)) setNeedsCode(true);
      throw error;
    }
  };
  const draft = useDraft(EMPTY, enter, { onDone: onSignedIn, fields: ["email", "password", "code", "recovery_code"] });
  const back = () => {
    draft.patch({ code: "", recovery_code: "" });
    setNeedsCode(false);
  };
  if (needsCode) return <SecondStep draft={draft} onBack={back} />;
  return (
    <EntryForm
      title={t("session.signIn")}
      notice={notice && <Alert>{notice}</Alert>}
      draft={draft}
      failure={refusal(draft.failure)}
      submitLabel={t("session.signInButton")}
      others={
        <LinkAnchor to="/reset" size="sm" ta="center">
          {t("session.forgot")}
        </LinkAnchor>
      }
    >
      <TextInput type="email" autoComplete="username" autoFocus required label={t("field.email")} {...draft.text("email")} />
      <PasswordInput autoComplete="current-password" required label={t("session.password")} {...draft.text("password")} />
    </EntryForm>
  );
}

function SecondStep({ draft, onBack }: { draft: Draft<SignInDraft, unknown>; onBack: () => void }) {
  const { t } = useTranslation();
  const [isRecovery, setRecovery] = useState(false);
  const change = () => {
    draft.patch({ code: "", recovery_code: "" });
    setRecovery(!isRecovery);
  };
  return (
    <EntryForm
      title={t("session.totpTitle")}
      hint={isRecovery ? t("session.recoveryHint") : t("session.totpHint")}
      draft={draft}
      failure={refusal(draft.failure)}
      submitLabel={t("session.signInButton")}
      others={
        <>
          <Button variant="subtle" size="compact-sm" onClick={change}>
            {isRecovery ? t("session.useTotp") : t("session.useRecovery")}
          </Button>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onBack}>
            {t("action.back")}
          </Button>
        </>
      }
    >
      {isRecovery ? <TextInput autoFocus label={t("session.recoveryCode")} {...draft.text("recovery_code")} /> : <PinField draft={draft} />}
    </EntryForm>
  );
}

function PinField({ draft }: { draft: Draft<SignInDraft, unknown> }) {
  const { t } = useTranslation();
  return (
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
  );
}
