/** The picture of a passage or a call; while its bytes are on their way, a place of the same size says so. */

import { Center, Image, Stack, Text } from "@mantine/core";
import { IconCameraOff, IconPhotoUp } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { components } from "@/shared/api/schema";

const AGAIN_MS = 3_000;
/** A picture that has not come by then comes when a cut line is mended: nobody waits before the screen for that. */
const AWAITED_MS = 10 * 60_000;

type Pictured = Pick<components["schemas"]["PassageOut"], "still" | "still_state" | "received_at">;

/** How soon to look again whether a picture has come, ms; false: none is awaited. */
export function awaitStill(...passages: (Pictured | null | undefined)[]): number | false {
  const since = Date.now() - AWAITED_MS;
  return passages.some((passage) => passage?.still_state === "coming" && Date.parse(passage.received_at) > since) && AGAIN_MS;
}

interface StillProps {
  passage: Pictured;
  label: string;
  /** px, or "100%" of the place. */
  height: number | "100%";
  /** The whole picture, rather than as much of it as fills the place. */
  isWhole?: boolean;
}

export function Still({ passage, label, height, isWhole = false }: StillProps) {
  const { still: sha256, still_state: state } = passage;
  const [failed, setFailed] = useState<string | null>(null);
  if (!sha256 || state === "none") return <Slot height={height} kind="none" />;
  if (state !== "here") return <Slot height={height} kind={state} />;
  if (failed === sha256) return <Slot height={height} kind="removed" />;
  return <Image src={`/api/files/${sha256}`} alt={label} h={height} fit={isWhole ? "contain" : "cover"} radius="sm" onError={() => setFailed(sha256)} />;
}

function Slot({ height, kind }: { height: StillProps["height"]; kind: Exclude<Pictured["still_state"], "here"> }) {
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
