/** The desk's frame and the pages that dispatchers live in. */

import { getRouteApi } from "@tanstack/react-router";

import { BoardPage } from "@/features/board/BoardPage";
import { PassesPage } from "@/features/passes/PassesPage";
import { ComplexSwitch } from "../shell/ComplexSwitch";
import { Shell } from "../shell/Shell";

const passesRoute = getRouteApi("/desk/passes");
const boardRoute = getRouteApi("/desk/board");

export function DeskShell() {
  return <Shell face="desk" choice={<ComplexSwitch />} />;
}

export function Passes() {
  return <PassesPage search={passesRoute.useSearch()} />;
}

export function Board() {
  return <BoardPage search={boardRoute.useSearch()} />;
}
