/** Which complex the desk shows; where a company has but one, there is nothing to choose. */

import { Button, Combobox, ScrollArea, useCombobox } from "@mantine/core";
import { IconBuildingEstate, IconBuildings, IconCheck, IconSelector } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ALL, settled } from "@/shared/complex/complex";
import { type Complex, useAskedComplex, useChooseComplex, useComplexes } from "@/shared/complex/useComplex";
import classes from "./ComplexSwitch.module.css";

const MANY = 8;

export function ComplexSwitch() {
  const complexes = useComplexes();
  const asked = useAskedComplex();
  const navigate = useNavigate();
  const wanted = complexes ? settled(asked, { ids: complexes.items.map(({ id }) => id), isWhole: complexes.isWhole }) : asked;
  useEffect(() => {
    if (wanted !== asked) void navigate({ to: ".", search: ((before: object) => ({ ...before, complex: wanted })) as never, replace: true });
  }, [wanted, asked, navigate]);
  if (!complexes || wanted === undefined) return null;
  return <Choice complexes={complexes.items} chosen={wanted} />;
}

function Choice({ complexes, chosen }: { complexes: readonly Complex[]; chosen: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const choose = useChooseComplex();
  const box = useCombobox({
    onDropdownClose: () => {
      box.resetSelectedOption();
      box.focusTarget();
      setTyped("");
    },
    onDropdownOpen: () => (complexes.length > MANY ? box.focusSearchInput() : box.updateSelectedOptionIndex("active")),
  });
  const name = complexes.find(({ id }) => id === chosen)?.name ?? t(chosen === ALL ? "shell.allComplexes" : "shell.complex");
  const found = complexes.filter((complex) => complex.name.toLowerCase().includes(typed.trim().toLowerCase()));
  const submit = (id: string) => {
    box.closeDropdown();
    if (id !== chosen) choose(id);
  };
  return (
    <Combobox store={box} onOptionSubmit={submit} width={280} position="bottom-start" withinPortal={false}>
      <Combobox.Target targetType="button">
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes["target"] ?? ""}
          leftSection={<IconBuildingEstate size={16} aria-hidden className={classes["sign"] ?? ""} />}
          rightSection={<IconSelector size={14} aria-hidden />}
          title={name}
          aria-label={`${t("shell.complex")}: ${name}`}
          onClick={() => box.toggleDropdown()}
        >
          <span className={classes["name"]}>{name}</span>
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        {complexes.length > MANY && (
          <Combobox.Search value={typed} onChange={(event) => setTyped(event.currentTarget.value)} placeholder={t("shell.findComplex")} aria-label={t("shell.findComplex")} />
        )}
        <Combobox.Options aria-label={t("shell.complex")}>
          <ScrollArea.Autosize mah={320} type="scroll">
            {typed === "" && <Choosable id={ALL} name={t("shell.allComplexes")} isChosen={chosen === ALL} />}
            {found.map(({ id, name: its }) => (
              <Choosable key={id} id={id} name={its} isChosen={id === chosen} />
            ))}
            {found.length === 0 && <Combobox.Empty>{t("list.nothingFound")}</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

function Choosable({ id, name, isChosen }: { id: string; name: string; isChosen: boolean }) {
  const Icon = isChosen ? IconCheck : id === ALL ? IconBuildings : IconBuildingEstate;
  return (
    <Combobox.Option value={id} active={isChosen} selected={isChosen} className={classes["option"] ?? ""}>
      <Icon size={15} aria-hidden />
      <span>{name}</span>
    </Combobox.Option>
  );
}
