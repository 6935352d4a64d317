/** The picture of a passage; while its bytes are on their way, a place of the same size says so. */

import { Center, Image, Stack, Text } from "@mantine/core";
import { IconCameraOff, IconPhotoUp } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const AGAIN_MS = 3_000;

interface StillProps {
  sha256: string | null;
  label: string;
  height: number;
}

export function Still({ sha256, label, height }: StillProps) {
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
  if (!sha256) return <Slot height={height} kind="none" />;
  if (isMissing) return <Slot height={height} kind="coming" />;
  return <Image key={attempt} src={`/api/files/${sha256}?try=${attempt}`} alt={label} h={height} fit="cover" radius="sm" onError={() => setMissing(true)} />;
}

function Slot({ height, kind }: { height: number; kind: "none" | "coming" }) {
  const { t } = useTranslation();
  const Icon = kind === "none" ? IconCameraOff : IconPhotoUp;
  return (
    <Center h={height} bg="var(--domovoy-page)" bdrs="sm">
      <Stack gap={2} align="center" c="dimmed">
        <Icon size={22} aria-hidden />
        <Text size="xs">{t(`gate.still.${kind}`)}</Text>
      </Stack>
    </Center>
  );
}
