/** Opens the palette, which is loaded after the page that it serves. */

import { ActionIcon, Button, Kbd } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { askFor } from "@/shared/keys/useKeys";

export const openPalette = () => askFor("palette", true);

export function PaletteButton() {
  const { t } = useTranslation();
  return (
    <>
      <Button
        variant="default"
        size="xs"
        visibleFrom="sm"
        c="dimmed"
        leftSection={<IconSearch size={15} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        onClick={openPalette}
      >
        {t("shell.search")}
      </Button>
      <ActionIcon hiddenFrom="sm" aria-label={t("shell.search")} onClick={openPalette}>
        <IconSearch size={18} />
      </ActionIcon>
    </>
  );
}
