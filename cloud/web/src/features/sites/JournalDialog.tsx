/** A box's journal for some days, to take away: on paper, or as the signed file that proves itself. */

import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { IconFileCertificate, IconFileTypePdf } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { dayInZone, formatDateTime, isoDay } from "@/shared/format/dates";
import { DayFilter } from "@/shared/table/DayFilter";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type Box, type JournalForm, journalKeysQuery, type Site, takeJournal } from "./api";

export function JournalDialog({ box, site, onClose }: { box: Box; site: Site; onClose: () => void }) {
  useReturnFocus();
  const { t } = useTranslation();
  const today = isoDay(new Date(), site.time_zone);
  const [first, setFirst] = useState(today);
  const [last, setLast] = useState(today);
  const taking = useMutation({
    mutationFn: (form: JournalForm) => takeJournal(box.id, form, dayInZone(first, site.time_zone).from, dayInZone(last, site.time_zone).until),
  });
  const take = (form: JournalForm) => ({ loading: taking.isPending && taking.variables === form, disabled: taking.isPending, onClick: () => taking.mutate(form) });
  return (
    <Modal opened returnFocus={false} onClose={onClose} size="lg" title={t("sites.journalTitle", { box: box.name })} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Stack gap="sm">
        <Text size="sm">{t("sites.journalHint")}</Text>
        <Group gap="xs">
          <DayFilter label={t("sites.journalFirst")} value={first} zone={site.time_zone} onChange={(day) => setFirst(day ?? today)} />
          <DayFilter label={t("sites.journalLast")} value={last} zone={site.time_zone} onChange={(day) => setLast(day ?? today)} />
        </Group>
        {taking.error && <ProblemNotice error={taking.error} />}
        <JournalKeys box={box} site={site} />
        <Group justify="flex-end">
          <Button variant="default" leftSection={<IconFileCertificate size={16} />} {...take("jsonl")}>
            {t("sites.journalFile")}
          </Button>
          <Button leftSection={<IconFileTypePdf size={16} />} {...take("pdf")}>
            {t("sites.journalPaper")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** The forger of a file has keys of their own: what it is signed by proves something where these are known. */
function JournalKeys({ box, site }: { box: Box; site: Site }) {
  const { t } = useTranslation();
  const { data } = useQuery(journalKeysQuery(box.id));
  if (!data) return null;
  const keys = [
    { key: data.cloud, whose: t("sites.journalKeyOfCloud") },
    ...data.box.map(({ key, since }) => ({ key, whose: t("sites.journalKeyOfBox", { since: formatDateTime(new Date(since), site.time_zone) }) })),
  ];
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {t("sites.journalKeys")}
      </Text>
      {keys.map(({ key, whose }) => (
        <Text key={key} size="xs">
          {whose}: <Code style={{ overflowWrap: "anywhere" }}>{key}</Code>
        </Text>
      ))}
      <Text size="xs" c="dimmed">
        {t("sites.journalKeysHint")}
      </Text>
    </Stack>
  );
}
