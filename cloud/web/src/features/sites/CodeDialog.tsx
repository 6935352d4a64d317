/** The one-time enrolment code: shown once, with the command to type on the box. */

import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from "@mantine/core";
import { IconCheck, IconCopy, IconEye } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { formatDateTime } from "@/shared/format/dates";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type Box, type EnrolmentCode, issueCode } from "./api";

export function CodeDialog({ box, onClose }: { box: Box; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const code = useMutation({ mutationFn: () => issueCode(box.id) });
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="lg" title={t("sites.codeTitle", { box: box.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        {code.error && <ProblemNotice error={code.error} />}
        {code.data ? (
          <ShownCode code={code.data} />
        ) : (
          <>
            <Text size="sm">{t("sites.codeHint")}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t("sites.later")}
              </Button>
              <Button data-autofocus loading={code.isPending} onClick={() => code.mutate()}>
                {t("sites.getCode")}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}

const WRAPPED = { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } as const;

function ShownCode({ code }: { code: EnrolmentCode }) {
  const { t } = useTranslation();
  const command = `domovoy-edge enrol --cloud ${code.edge_url} --code ${code.code}`;
  return (
    <>
      <Alert color="yellow" icon={<IconEye />}>
        {t("sites.codeOnce", { until: formatDateTime(new Date(code.expires_at)) })}
      </Alert>
      <Code block fz="md" data-testid="enrolment-code" style={WRAPPED}>
        {code.code}
      </Code>
      <Text size="sm">{t("sites.codeCommand")}</Text>
      <Code block style={WRAPPED}>
        {command}
      </Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <Button variant="default" leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
            {copied ? t("action.copied") : t("action.copy")}
          </Button>
        )}
      </CopyButton>
    </>
  );
}
