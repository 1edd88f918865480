import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { folderOf, readLayers } from './layers.mjs'

// Draws the rooms of src/ with what they import, for docs/architecture.md.

/**
 * One room (a folder of src/, or cli.ts) with its place in the picture.
 * @typedef {{ name: string, pure: boolean, row: number, top: number }} Room
 * One arrow: who imports whom, and in how many places.
 * @typedef {{ from: Room, to: Room, imports: number }} Arrow
 */

const box = { left: 400, width: 200, height: 46, gap: 8, rowGap: 24 }
const page = { width: 1000, top: 64 }

/** Numbers of imports in steps, so that one more import rarely changes the picture: from, width, words. */
const steps = /** @type {const} */ ([
  [1, 1, '1 or 2'],
  [3, 2, '3 to 9'],
  [10, 4, '10 to 29'],
  [30, 7, '30 or more'],
])

/**
 * @param {string} root the folder of the project
 * @returns the picture as SVG; the same for the same imports
 */
export function drawRooms(root) {
  const layers = readLayers(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))
  const rooms = placed(layers)
  return picture([...rooms.values()], arrows(rooms, importsBetween(root)))
}

/**
 * How often a room imports another one, by `from > to`.
 * @param {string} root
 * @returns {ReadonlyMap<string, number>}
 */
function importsBetween(root) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const path = posix.join('src', file)
    for (const { fileName } of ts.preProcessFile(readFileSync(join(root, path), 'utf8'))
      .importedFiles) {
      if (!fileName.startsWith('.')) continue
      const key = `${folderOf(path)} > ${folderOf(posix.join(posix.dirname(path), fileName))}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

/**
 * @param {ReturnType<typeof readLayers>} layers
 * @returns {ReadonlyMap<string, Room>}
 */
function placed(layers) {
  let top = page.top
  let last = 1
  return new Map(
    [...layers].map(([name, { row, pure }]) => {
      if (row !== last) top += box.rowGap - box.gap
      last = row
      const room = { name, pure, row, top }
      top += box.height + box.gap
      return [name, room]
    }),
  )
}

/**
 * @param {ReadonlyMap<string, Room>} rooms
 * @param {ReadonlyMap<string, number>} counts
 * @returns {readonly Arrow[]}
 */
function arrows(rooms, counts) {
  return [...rooms.values()].flatMap((from) =>
    [...rooms.values()].flatMap((to) => {
      const imports = counts.get(`${from.name} > ${to.name}`) ?? 0
      return from === to || imports === 0 ? [] : [{ from, to, imports }]
    }),
  )
}

/**
 * @param {readonly Room[]} rooms
 * @param {readonly Arrow[]} all
 */
function picture(rooms, all) {
  const bottom = Math.max(...rooms.map(({ top }) => top)) + box.height
  const rows = [...new Set(rooms.map(({ row }) => row))]
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${bottom + 70}" font-family="sans-serif">`,
    '<title>The rooms of src/ and what they import</title>',
    `<rect width="${page.width}" height="${bottom + 70}" fill="#ffffff"/>`,
    text(200, 34, 'imports of rooms that touch the world', '#555555'),
    text(800, 34, 'imports of rooms that are pure', '#555555'),
    ...rows.map((row) => band(rooms.filter((room) => room.row === row))),
    ...all.map((arrow) => arc(arrow, all, bottom - page.top)),
    ...rooms.map(roomBox),
    ...legend(bottom + 40),
    '</svg>',
  ].join('\n')}\n`
}

/**
 * The rooms of one row, which may not import each other, on one ground.
 * @param {readonly Room[]} rooms
 */
function band(rooms) {
  const first = rooms[0]?.top ?? 0
  const last = rooms.at(-1)?.top ?? 0
  return `<rect x="${box.left - 8}" y="${first - 6}" width="${box.width + 16}" height="${last - first + box.height + 12}" rx="8" fill="#eeeeee"/>`
}

/** @param {Room} room */
function roomBox({ name, pure, top }) {
  const label = name === 'cli' ? 'cli.ts' : `${name}/`
  const [fill, stroke] = pure ? ['#e3f2e6', '#3d7d4d'] : ['#fdeedd', '#b0682a']
  return [
    `<rect x="${box.left}" y="${top}" width="${box.width}" height="${box.height}" rx="5" fill="${fill}" stroke="${stroke}"/>`,
    text(box.left + box.width / 2, top + box.height / 2 + 6, label, '#222222', 17),
  ].join('\n')
}

/**
 * Leaves a room in its lower half and enters another in its upper half, so that arrows lie inside each other.
 * @param {Arrow} arrow
 * @param {readonly Arrow[]} all
 * @param {number} longest from the top of the picture to its bottom
 */
function arc(arrow, all, longest) {
  const { from, to, imports } = arrow
  const side = from.pure ? 1 : -1
  const x = from.pure ? box.left + box.width : box.left
  const leaving = all.filter((one) => one.from === from)
  const entering = all.filter((one) => one.to === to && one.from.pure === from.pure)
  const half = box.height / 2 - 4
  const start = from.top + box.height - 3 - share(leaving.indexOf(arrow), leaving.length) * half
  const end =
    to.top + 3 + share(entering.length - 1 - entering.indexOf(arrow), entering.length) * half
  // Three quarters of it is how far the curve comes; the longest one stays on the page.
  const reach = 24 + (Math.abs(end - start) * (box.left - 40)) / 0.75 / longest
  const bend = round(x + side * reach)
  const tip = x + side * 7
  const color = colors[from.row % colors.length] ?? '#555555'
  const width = steps.findLast(([least]) => imports >= least)?.[1] ?? 1
  const head = 3 + width / 2
  return [
    `<path d="M${x} ${round(start)}C${bend} ${round(start)} ${bend} ${round(end)} ${tip} ${round(end)}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="0.7"/>`,
    `<path d="M${x} ${round(end)}l${side * 9} ${-head}v${head * 2}z" fill="${color}"><title>${from.name} imports ${to.name}</title></path>`,
  ].join('\n')
}

/** One for each room that imports, told apart also by who sees few colors. */
const colors = [
  '#4477aa',
  '#cc6677',
  '#228833',
  '#997700',
  '#882255',
  '#117788',
  '#aa4499',
  '#666666',
]

/**
 * @param {number} index
 * @param {number} count
 */
const share = (index, count) => (index + 0.5) / count

/** @param {number} value */
const round = (value) => Math.round(value * 10) / 10

/** @param {number} top */
function legend(top) {
  const entries = steps.map(([, width, words], index) => {
    const left = 170 + index * 140
    return `<path d="M${left} ${top}h40" stroke="#4477aa" stroke-width="${width}"/>\n${text(left + 50, top + 5, words, '#333333', 14, 'start')}`
  })
  return [
    ...entries,
    text(730, top + 5, 'imports', '#333333', 14, 'start'),
    text(80, top + 5, 'An arrow is', '#333333', 14, 'start'),
  ]
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} words
 * @param {string} color
 */
function text(x, y, words, color, size = 15, anchor = 'middle') {
  return `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${color}">${words}</text>`
}
