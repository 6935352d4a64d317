/** The way to the wall screen. */

import { Button } from "@mantine/core";
import { IconDeviceTv } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function WallLink() {
  const { t } = useTranslation();
  return (
    <Button component={Link} to="/wall" variant="default" visibleFrom="sm" leftSection={<IconDeviceTv size={16} />}>
      {t("wall.enter")}
    </Button>
  );
}
