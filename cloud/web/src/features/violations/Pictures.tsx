/** Pictures of a violation; one whose bytes are on their way keeps its place and says so. */

import { Anchor, Center, Image, SimpleGrid, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Picture } from "./api";

const HEIGHT = 130;
const AGAIN_MS = 5_000;

/** How soon to look again whether the pictures have come, ms; false: none is awaited. */
export const awaitPictures = (pictures: readonly Picture[] | undefined): number | false =>
  (pictures ?? []).some(({ state }) => state === "coming") && AGAIN_MS;

export function Pictures({ pictures }: { pictures: readonly Picture[] }) {
  const { t } = useTranslation();
  if (pictures.length === 0) return null;
  return (
    <SimpleGrid cols={2} spacing="xs" aria-label={t("violations.photos")} role="group">
      {pictures.map(({ sha256, state }, index) =>
        state === "here" ? (
          <Anchor key={sha256} href={`/api/files/${sha256}`} target="_blank" rel="noreferrer">
            <Image src={`/api/files/${sha256}`} alt={t("violations.photo", { number: index + 1 })} h={HEIGHT} fit="cover" radius="sm" />
          </Anchor>
        ) : (
          <Center key={sha256} h={HEIGHT} bg="var(--domovoy-page)" bdrs="sm">
            <Text size="xs" c="dimmed" ta="center" px="xs">
              {t(`gate.still.${state === "coming" ? "coming" : "missing"}`)}
            </Text>
          </Center>
        ),
      )}
    </SimpleGrid>
  );
}
