import { expect, test } from "vitest";

import { linesOf, only } from "./cardLines";

test("cells of a spreadsheet, lines of a reader, and what stands between", () => {
  const typed = "018,23011\tБрелок 17\r\n\n 0001202659 ; синий; запас \n04A2B3C4D5E680";
  expect([...linesOf(typed)]).toEqual([
    [1, { text: "018,23011", label: "Брелок 17" }],
    [3, { text: "0001202659", label: "синий запас" }],
    [4, { text: "04A2B3C4D5E680", label: "" }],
  ]);
  expect(only(typed, new Set([1, 4]))).toBe("018,23011\tБрелок 17\n04A2B3C4D5E680");
  expect(linesOf(" \n\n").size).toBe(0);
});

test("a label without a number is a line, and what is wrong with it is told", () => {
  expect([...linesOf("\tБрелок 17")]).toEqual([[1, { text: "", label: "Брелок 17" }]]);
});

test("what frames a number is no part of it", () => {
  expect([...linesOf("\u0002018,23011\u0003\r\n060,00001;Бре\u000bлок\r\n")]).toEqual([
    [1, { text: "018,23011", label: "" }],
    [2, { text: "060,00001", label: "Бре лок" }],
  ]);
});
