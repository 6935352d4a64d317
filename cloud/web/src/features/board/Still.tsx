/** The picture of a passage; while its bytes are on their way, a place of the same size says so. */

import { Center, Image, Stack, Text } from "@mantine/core";
import { IconCameraOff, IconPhotoUp } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Passage } from "./api";

const AGAIN_MS = 3_000;

interface StillProps {
  passage: Pick<Passage, "still" | "still_state">;
  label: string;
  height: number;
}

export function Still({ passage, label, height }: StillProps) {
  const { still: sha256, still_state: state } = passage;
  const [attempt, setAttempt] = useState(0);
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    setMissing(false);
    setAttempt(0);
  }, [sha256]);
  useEffect(() => {
    if (!isMissing) return;
    const timer = setTimeout(() => {
      setAttempt((before) => before + 1);
      setMissing(false);
    }, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [isMissing]);
  if (!sha256 || state === "none") return <Slot height={height} kind="none" />;
  if (state === "removed" || state === "missing") return <Slot height={height} kind={state} />;
  if (isMissing) return <Slot height={height} kind="coming" />;
  return <Image key={attempt} src={`/api/files/${sha256}?try=${attempt}`} alt={label} h={height} fit="cover" radius="sm" onError={() => setMissing(true)} />;
}

function Slot({ height, kind }: { height: number; kind: Exclude<Passage["still_state"], "here"> }) {
  const { t } = useTranslation();
  const Icon = kind === "coming" ? IconPhotoUp : IconCameraOff;
  return (
    <Center h={height} bg="var(--domovoy-page)" bdrs="sm">
      <Stack gap={2} align="center" c="dimmed" ta="center" px="xs">
        <Icon size={22} aria-hidden />
        <Text size="xs">{t(`gate.still.${kind}`)}</Text>
      </Stack>
    </Center>
  );
}
