/** Which company one works in: what is written goes there, and lists show it (or all of one's companies). */

import { Button, Menu, Text } from "@mantine/core";
import { IconBuildings, IconCheck, IconSelector } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { chooseCompany, showAllCompanies, useShowsAll } from "@/shared/api/company";
import { LEFT_BEHIND, rememberedComplex } from "@/shared/complex/complex";
import { useAskedComplex } from "@/shared/complex/useComplex";
import { useCompany, useMe } from "@/shared/session/me";
import classes from "./Shell.module.css";

export function CompanySwitch() {
  const { t } = useTranslation();
  const me = useMe();
  const company = useCompany();
  const showsAll = useShowsAll();
  const client = useQueryClient();
  const navigate = useNavigate();
  const asked = useAskedComplex();
  const isAtDesk = useLocation({ select: ({ pathname }) => pathname.startsWith("/desk") });
  if (!company) return null;
  const choose = (change: () => void, id = company.id) => {
    change();
    const complex = id === company.id ? asked : rememberedComplex(me.account_id, id);
    // A card of one company is none of another's, nor is its complex.
    if (isAtDesk) void navigate({ to: ".", search: ((before: object) => ({ ...before, ...LEFT_BEHIND, complex })) as never });
    void client.invalidateQueries();
  };
  if (me.companies.length === 1) {
    return (
      <Text fw={600} truncate title={company.name}>
        {company.name}
      </Text>
    );
  }
  return (
    <Menu position="bottom-start" width={280}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          c="var(--mantine-color-text)"
          px={8}
          maw="min(100%, 320px)"
          rightSection={<IconSelector size={15} />}
          title={company.name}
          aria-label={t("shell.company") + ": " + company.name}
        >
          <span className={classes["name"]}>{company.name}</span>
          {showsAll && <Text span size="xs" c="dimmed" ml={6}>{t("shell.allCompanies").toLowerCase()}</Text>}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("shell.company")}</Menu.Label>
        {me.companies.map(({ id, name }) => (
          <Menu.Item
            key={id}
            leftSection={id === company.id ? <IconCheck size={15} /> : <IconBuildings size={15} />}
            onClick={() => choose(() => chooseCompany(id), id)}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={showsAll ? <IconCheck size={15} /> : <IconBuildings size={15} />}
          onClick={() => choose(() => showAllCompanies(!showsAll))}
        >
          {t("shell.showAllCompanies")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
