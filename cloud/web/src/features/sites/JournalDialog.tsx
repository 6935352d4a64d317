/** A box's journal for some days, to take away: on paper, or as the signed file that proves itself. */

import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconFileCertificate, IconFileTypePdf } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReturnFocus } from "@/shared/form/useFocus";
import { dayInZone, isoDay } from "@/shared/format/dates";
import { DayFilter } from "@/shared/table/DayFilter";
import { ProblemNotice } from "@/shared/ui/Problem";
import { type Box, type JournalForm, type Site, takeJournal } from "./api";

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
