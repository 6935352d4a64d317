/** Calls at intercoms. */

export const calls = {
  one: "Call",
  whom: "For",
  nobody: "For nobody known",
  number: "Dialled",
  point: "Point",
  started: "When",
  who: "Answered by",
  answer: { open: "{{person}}: open", refuse: "{{person}}: refused" },
  decided: "Answer",
  opened: "Opened",
  ended: "End",
  stillOf: "Who rang: {{point}}",
  state: {
    ringing: "Ringing",
    talking: "Answered",
    opened: "Opened",
    refused: "Refused",
    answered: "Not opened",
    missed: "Missed",
  },
  searchHint: "Flat, number, address",
  none: "No calls yet",
  noneHint: "They appear when somebody rings at an intercom.",
};
