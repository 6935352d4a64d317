export const form = {
  leave: "What you typed is not saved. Close without saving?",
  stay: "Keep editing",
  discard: "Close",
  ended: "Your session has ended. Sign in in a new tab, then send this again: what you typed stays here.",
  signIn: "Sign in in a new tab",
  needed: "Fill this in.",
  unlisted: "There is none such in the list. Choose from the list, or clear the field.",
  number: {
    none: "Enter a number.",
    whole: "Enter a whole number.",
    between: "It must be a number from {{least}} to {{most}}.",
    least: "It must be a number of at least {{least}}.",
    most: "It must be a number of at most {{most}}.",
    huge: "The number is too large.",
  },
  example: {
    complex: "Athens Village",
    building: "A2",
    address: "Athens Village, Kifissou St, A2",
    person: "Maria Ivanova",
    plate: "X 711 TT 90",
  },
};
