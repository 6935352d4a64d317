/** The keys that sign a site's guest codes: which one signs, which are good, and one that has leaked is revoked. */

import { Button, Modal, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconKey } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatDate, formatDateTime } from "@/shared/format/dates";
import { FormDialog } from "@/shared/form/FormDialog";
import { useDraft } from "@/shared/form/useDraft";
import { useReturnFocus } from "@/shared/form/useFocus";
import { Empty } from "@/shared/ui/Empty";
import { ProblemNotice } from "@/shared/ui/Problem";
import { ShortTable } from "@/shared/ui/ShortTable";
import { Status, type Tone } from "@/shared/ui/Status";
import { type CodeKey, codeKeysQuery, revokeCodeKey, type Site } from "./api";

const TONE: Record<CodeKey["state"], Tone> = { signs: "good", accepted: "info", ended: "quiet", revoked: "bad" };

export function CodeKeysDialog({ site, onClose }: { site: Site; onClose: () => void }) {
  const [revoking, setRevoking] = useState<CodeKey | null>(null);
  if (revoking) return <RevokeKeyDialog site={site} codeKey={revoking} onClose={() => setRevoking(null)} />;
  return <KeysDialog site={site} onRevoke={setRevoking} onClose={onClose} />;
}

function KeysDialog({ site, onRevoke, onClose }: { site: Site; onRevoke: (key: CodeKey) => void; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const keys = useQuery(codeKeysQuery(site.id));
  const day = (at: string) => formatDate(new Date(at), site.time_zone);
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="xl" title={t("sites.codeKeys.title", { site: site.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        <Text size="sm">{t("sites.codeKeys.hint")}</Text>
        {keys.error && <ProblemNotice error={keys.error} onRetry={() => void keys.refetch()} />}
        {keys.data && (
          <ShortTable
            label={t("sites.codeKeys.button")}
            rows={keys.data}
            rowKey={({ id }) => id}
            name={{ title: t("sites.codeKeys.tag"), of: ({ tag }) => tag }}
            status={{ title: t("sites.state"), show: ({ state }) => <Status tone={TONE[state]}>{t(`sites.codeKeys.state.${state}`)}</Status> }}
            parts={[
              {
                title: t("sites.codeKeys.term"),
                show: ({ valid_from: from, valid_until: until, revoked_at: revoked }) =>
                  revoked ? t("sites.codeKeys.revokedAt", { at: formatDateTime(new Date(revoked), site.time_zone) }) : `${day(from)} – ${day(until)}`,
              },
            ]}
            acts={(key) =>
              (key.state === "signs" || key.state === "accepted") && (
                <Button size="compact-sm" variant="subtle" color="gray" c="var(--domovoy-denied)" aria-label={`${t("sites.codeKeys.revoke")}: ${key.tag}`} onClick={() => onRevoke(key)}>
                  {t("sites.codeKeys.revoke")}
                </Button>
              )
            }
            empty={<Empty icon={<IconKey size={28} />} title={t("sites.codeKeys.none")} hint={t("sites.codeKeys.noneHint")} />}
            minWidth={520}
          />
        )}
      </Stack>
    </Modal>
  );
}

function RevokeKeyDialog({ site, codeKey, onClose }: { site: Site; codeKey: CodeKey; onClose: () => void }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const draft = useDraft({ reason: "" }, ({ reason }) => revokeCodeKey(codeKey.id, reason), {
    fields: ["reason"],
    onDone: (keys) => {
      client.setQueryData(codeKeysQuery(site.id).queryKey, keys);
      notifications.show({ message: t("sites.codeKeys.done", { tag: codeKey.tag }), color: "teal" });
      onClose();
    },
  });
  return (
    <FormDialog title={t("sites.codeKeys.revokeTitle", { tag: codeKey.tag })} draft={draft} submitLabel={t("sites.codeKeys.revoke")} onClose={onClose} isDangerous>
      <Text size="sm">{t("sites.codeKeys.revokeHint")}</Text>
      <Textarea data-autofocus required autosize minRows={2} label={t("field.reason")} {...draft.text("reason")} />
    </FormDialog>
  );
}
