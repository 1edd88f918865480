const same = (text: string) => text

/** That a choice can be typed as its number, Inquirer does not say. */
export const choiceTip = () => 'arrows or a number, then Enter'

/**
 * Inquirer's looks without color: `styleText` of Node 20 knows neither NO_COLOR nor our --no-color.
 * The marks say what color would: `?` is a question, `=` is answered.
 */
export const plainStyle = {
  prefix: { idle: '?', done: '=' },
  icon: { cursor: '>' },
  style: {
    answer: same,
    message: same,
    error: (text: string) => `> ${text}`,
    defaultAnswer: (text: string) => `(${text})`,
    help: same,
    highlight: same,
    key: (text: string) => `<${text}>`,
    disabled: same,
    description: same,
    confirmDefault: (text: string) => text.toUpperCase(),
    keysHelpTip: choiceTip,
  },
}

/** The same for a list of boxes. */
export const plainChecklist = {
  ...plainStyle,
  icon: {
    cursor: '>',
    checked: '[x]',
    unchecked: '[ ]',
    disabledChecked: '[x]',
    disabledUnchecked: '[-]',
  },
  style: { ...plainStyle.style, keysHelpTip: () => 'space to choose, a for all, then Enter' },
}
