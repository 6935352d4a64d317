/** The list of all desks: dense rows that load on as one scrolls, sorting, keyboard, bulk choice; on a phone they are cards. */

import { Button, Paper, Skeleton, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { ListSearch } from "@/shared/api/page";
import { OneComplexAlone } from "@/shared/complex/OneComplexAlone";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useLate } from "@/shared/ui/useLate";
import { useFilled } from "./blank";
import { Cards } from "./Cards";
import { CardsSort } from "./CardsSort";
import { type Column, useColumns } from "./columns";
import classes from "./DataTable.module.css";
import { Grid } from "./Grid";
import { ListFooter } from "./ListFooter";
import { useBusy } from "./useBusy";
import type { List } from "./useList";
import { type SteadyRows, useSteadyRows } from "./useSteadyRows";
import { useWidth } from "./useWidth";
import { useWithCompany } from "./useWithCompany";

/** Chosen rows by their keys: they stay chosen when the list shows others. */
export interface Choice<Row> {
  chosen: ReadonlyMap<string, Row>;
  change: (chosen: ReadonlyMap<string, Row>) => void;
}

export interface DataTableProps<Row, S extends ListSearch> {
  id: string;
  label: string;
  list: List<Row, S>;
  columns: readonly Column<Row>[];
  /** The same for all of the list's life. */
  rowKey: (row: Row) => string;
  empty: ReactNode;
  /** Without it rows do not open. */
  onOpen?: (row: Row) => void;
  choice?: Choice<Row>;
  /** What can be done to the chosen rows: at the foot, in a thumb's reach, where it moves no row when it comes. */
  bulk?: ReactNode;
  /** Changed just now by others: marked, not moved. */
  marked?: ReadonlySet<string>;
}

/** The list as it is drawn: `held.rows` stand from the place `held.offset` on, the other places are not loaded. */
export type ShownProps<Row, S extends ListSearch> = DataTableProps<Row, S> & { held: SteadyRows<Row> };

export function DataTable<Row, S extends ListSearch>(given: DataTableProps<Row, S>) {
  const { list } = given;
  const props = { ...given, columns: useWithCompany(given.columns) };
  const { t } = useTranslation();
  const isPhone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  const place = useRef<HTMLDivElement>(null);
  const [measured, width] = useWidth();
  const { shown, hidden, toggle } = useColumns(props.id, props.columns, width);
  const { isBusy, handlers } = useBusy(place);
  const held = useSteadyRows(list, props.rowKey, isBusy);
  const filled = useFilled(shown, held, list.wanted.address, list.search.sort);
  const isWaiting = useLate(!held.isKnown && !list.error);
  const toTop = () => place.current?.scrollIntoView({ block: "start" });
  const address = useRef(list.wanted.address);
  useEffect(() => {
    // Another list begins at its top; the first at the page that its address names.
    if (address.current === list.wanted.address) return;
    address.current = list.wanted.address;
    if (place.current && place.current.getBoundingClientRect().top < 0) toTop();
  }, [list.wanted.address]);

  if (list.error && (!held.isKnown || held.isOther)) return <ProblemNotice error={list.error} onRetry={list.retry} />;
  // Rows stay chosen while none, or others, are shown.
  const chosen = props.bulk && <div className={classes["footer"]}>{props.bulk}</div>;
  const order = isPhone && <CardsSort columns={props.columns} sort={list.search.sort} onSort={(sort) => list.change({ sort } as Partial<S>)} />;
  if (!held.isKnown) {
    return (
      <Stack gap="xs">
        {order}
        {isWaiting ? <Skeletons /> : <div style={{ minHeight: 400 }} />}
        {chosen}
      </Stack>
    );
  }
  if (held.count === 0) {
    return (
      <Stack gap="xs">
        <Paper withBorder>
          {props.empty}
          <OneComplexAlone />
        </Paper>
        {chosen}
      </Stack>
    );
  }
  const takeAll = () => {
    held.take();
    list.change({ page: undefined } as Partial<S>);
    toTop();
  };
  return (
    <Stack gap="xs">
      {order}
      <div ref={place} className={classes["place"]} {...handlers}>
        <div className={classes["waiting"]} role="status">
          {(held.waiting > 0 || held.gone.size > 0) && (
            <Button size="compact-xs" radius="xl" onClick={takeAll}>
              {held.waiting > 0 ? t("list.waiting", { count: held.waiting }) : t("action.refresh")}
            </Button>
          )}
        </div>
        <div ref={measured}>{isPhone ? <Cards {...props} held={held} /> : <Grid {...props} held={held} columns={filled} width={width} />}</div>
      </div>
      <ListFooter list={list} columns={props.columns} hidden={hidden} blank={shown.filter((column) => !filled.includes(column))} onToggle={toggle} isPhone={isPhone} bulk={props.bulk} />
    </Stack>
  );
}

function Skeletons() {
  return (
    <Paper withBorder p="sm" aria-busy>
      <Stack gap={12}>
        {Array.from({ length: 10 }, (_, index) => (
          <Skeleton key={index} height={20} />
        ))}
      </Stack>
    </Paper>
  );
}
