/** The way back from a card's own page to its list, as the list was looked at last. */

import { Group } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";

import { lastSearch } from "@/shared/table/lastSearch";
import { LinkAnchor } from "./LinkAnchor";

interface BackLinkProps {
  to: "/desk/board" | "/desk/passes" | "/desk/meters";
  /** The first part of the list's key. */
  list: string;
  children: string;
}

export function BackLink({ to, list, children }: BackLinkProps) {
  return (
    <LinkAnchor to={to} search={lastSearch(list)} size="sm">
      <Group gap={4}>
        <IconChevronLeft size={15} />
        {children}
      </Group>
    </LinkAnchor>
  );
}
