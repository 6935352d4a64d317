/** Setting up the authenticator app: scan, type the first code, keep the recovery codes. */

import { Alert, Box, Button, Code, CopyButton, Group, Modal, PasswordInput, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { IconEye } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import qrcode from "qrcode-generator";
import { useTranslation } from "react-i18next";

import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { ProblemNotice } from "@/shared/ui/Problem";
import { beginTotp, confirmTotp, removeTotp } from "./api";

/** The URI as an SVG path: one square per dark module. */
function qrPath(text: string): { path: string; size: number } {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
    }
  }
  return { path, size };
}

export function TotpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const secret = useQuery({ queryKey: ["totp"], queryFn: beginTotp, staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });
  const draft = useDraft({ code: "" }, ({ code }) => confirmTotp(code.replace(/\s/g, "")), {
    fields: ["code"],
    onDone: () => void client.invalidateQueries({ queryKey: ["me"] }),
  });
  if (draft.result) return <RecoveryCodes codes={draft.result.codes} onClose={onClose} />;
  return (
    <FormDialog title={t("account.totpSet")} draft={draft} submitLabel={t("action.confirm")} onClose={onClose}>
      {secret.error && <ProblemNotice error={secret.error} />}
      {secret.data && <Secret uri={secret.data.uri} secret={secret.data.secret} />}
      <TextInput
        data-autofocus
        required
        inputMode="numeric"
        autoComplete="one-time-code"
        label={t("session.totpCode")}
        description={t("session.totpHint")}
        {...draft.text("code")}
      />
    </FormDialog>
  );
}

function Secret({ uri, secret }: { uri: string; secret: string }) {
  const { t } = useTranslation();
  const { path, size } = qrPath(uri);
  return (
    <>
      <Text size="sm">{t("account.totpScan")}</Text>
      <Box bg="white" p="sm" w={220} mx="auto">
        <svg viewBox={`0 0 ${size} ${size}`} width="196" height="196" role="img" aria-label={t("account.totpQr")} shapeRendering="crispEdges">
          <path d={path} fill="#000" />
        </svg>
      </Box>
      <Code block>{secret}</Code>
    </>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("account.recovery")} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack>
        <Alert color="yellow" icon={<IconEye />}>
          {t("account.recoveryOnce")}
        </Alert>
        <SimpleGrid cols={2} spacing="xs">
          {codes.map((code) => (
            <Code key={code}>{code}</Code>
          ))}
        </SimpleGrid>
        <Group justify="flex-end">
          <CopyButton value={codes.join("\n")}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? t("action.copied") : t("action.copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("account.recoveryKept")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

export function RemoveTotpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ password: "", code: "" }, removeTotp, {
    fields: ["password", "code"],
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["me"] });
      onClose();
    },
  });
  return (
    <FormDialog title={t("account.totpRemove")} draft={draft} submitLabel={t("account.totpRemove")} onClose={onClose} isDangerous>
      <Text size="sm">{t("account.totpRemoveHint")}</Text>
      <PasswordInput
        data-autofocus
        required
        autoComplete="current-password"
        label={t("session.password")}
        {...draft.text("password")}
      />
      <TextInput
        required
        autoComplete="one-time-code"
        inputMode="numeric"
        label={t("session.totpCode")}
        {...draft.text("code")}
      />
    </FormDialog>
  );
}
