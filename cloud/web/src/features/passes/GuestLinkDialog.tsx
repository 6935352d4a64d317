/** What a guest is sent: the address of a page with a code, and the code as it is now. */

import { Alert, Box, Button, CopyButton, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { formatDateTime } from "@/shared/format/dates";
import { useZoneOf } from "@/shared/lookups/sites";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type GuestLink, guestLinkQuery, type PassCard } from "./api";
import { ENDED } from "./PassStatus";

const PICTURE = 248;

export function GuestLinkDialog({ pass, onClose }: { pass: PassCard; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const link = useQuery(guestLinkQuery(pass.id));
  return (
    <Modal
      opened
      returnFocus={false}
      onClose={onClose}
      title={t("passes.link.title", { number: pass.number })}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Stack gap="sm" mih={PICTURE}>
        {link.error && <ProblemNotice error={link.error} onRetry={() => void link.refetch()} />}
        {link.data && <Shown link={link.data} pass={pass} />}
      </Stack>
    </Modal>
  );
}

function Shown({ link, pass }: { link: GuestLink; pass: PassCard }) {
  const { t } = useTranslation();
  return (
    <>
      <Code link={link} pass={pass} />
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <TextInput
          flex={1}
          readOnly
          label={t("passes.link.address")}
          value={link.url}
          onFocus={(event) => event.currentTarget.select()}
          styles={{ input: { textOverflow: "ellipsis" } }}
        />
        <CopyButton value={link.url}>
          {({ copied, copy }) => (
            <Button data-autofocus leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
              {copied ? t("action.copied") : t("action.copy")}
            </Button>
          )}
        </CopyButton>
      </Group>
      {!ENDED.has(pass.state) && (
        <Text size="sm" c="dimmed">
          {t("passes.link.hint")}
        </Text>
      )}
    </>
  );
}

/** The code, or why there is none. */
function Code({ link, pass }: { link: GuestLink; pass: PassCard }) {
  const { t } = useTranslation();
  const zone = useZoneOf()(pass.site_id);
  if (!link.svg || !link.until) {
    const why = ENDED.has(pass.state) ? pass.state : "none";
    return (
      <Alert color="yellow" role="alert" title={t(`passes.link.${why as "none"}`)}>
        {t(why === "none" ? "passes.link.noneHint" : "passes.link.endedHint")}
      </Alert>
    );
  }
  return (
    <Stack gap={4} align="center">
      <Box bg="white" p={4} bdrs="sm">
        <img src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(link.svg)}`} alt={t("passes.link.qr")} width={PICTURE} height={PICTURE} style={{ display: "block" }} />
      </Box>
      <Text size="sm" c="dimmed" ta="center">
        {t("passes.link.until", { until: formatDateTime(new Date(link.until), zone) })}
      </Text>
    </Stack>
  );
}
