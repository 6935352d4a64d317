export const form = {
  leave: "What you typed is not saved. Close without saving?",
  stay: "Keep editing",
  discard: "Close",
  example: {
    complex: "Athens Village",
    building: "A2",
    address: "Athens Village, Kifissou St, A2",
    person: "Maria Ivanova",
    plate: "X 711 TT 90",
  },
};
