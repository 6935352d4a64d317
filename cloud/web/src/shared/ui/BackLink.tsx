/** The way back from a card's own page to its list, as the list was looked at last; Esc leads there, too. */

import { Group } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";

import { useKeys } from "@/shared/keys/useKeys";
import { useLastSearch } from "@/shared/table/lastSearch";
import { LinkAnchor } from "./LinkAnchor";

interface BackLinkProps {
  to: "/desk/board" | "/desk/passes" | "/desk/meters" | "/desk/sites";
  children: string;
}

export function BackLink({ to, children }: BackLinkProps) {
  const lastSearch = useLastSearch();
  const navigate = useNavigate();
  useKeys([["Escape", () => void navigate({ to, search: lastSearch(to) })]]);
  return (
    <LinkAnchor to={to} search={lastSearch(to)} size="sm">
      <Group gap={4}>
        <IconChevronLeft size={15} />
        {children}
      </Group>
    </LinkAnchor>
  );
}
