/** Buttons of what may be ordered from afar: the first beside its point, the others behind a menu. */

import { ActionIcon, Button, Group, Menu } from "@mantine/core";
import { IconDotsVertical } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMay } from "@/shared/session/me";
import { later, useSoon } from "@/shared/ui/later";
import { type Movable, type Move, movesOf } from "./moves";

const loadMoveDialog = async () => (await import("./MoveDialog")).MoveDialog;
const MoveDialog = later(loadMoveDialog);

export function Moves({ barrier, size = "compact-xs" }: { barrier: Movable; size?: "compact-xs" | "xs" }) {
  const { t } = useTranslation();
  useSoon(loadMoveDialog);
  const may = useMay()("gates.open");
  const [ordering, setOrdering] = useState<Move | null>(null);
  if (!may) return null;
  const [first, ...others] = movesOf(barrier);
  if (!first) return null;
  return (
    <Group gap={4} wrap="nowrap">
      <Button size={size} variant="light" onClick={() => setOrdering(first)}>
        {t(`barrier.do.${first}`)}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("barrier.others", { point: barrier.name })}>
            <IconDotsVertical size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((move) => (
            <Menu.Item key={move} onClick={() => setOrdering(move)}>
              {t(`barrier.do.${move}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {ordering && <MoveDialog barrier={barrier} move={ordering} onClose={() => setOrdering(null)} />}
    </Group>
  );
}
