/** What a path holds. Nothing but a regular file within the limit is ever opened for reading. */
export type FileState =
  | {
      readonly kind: 'file'
      readonly bytes: Uint8Array
      readonly mode: number
      readonly uid: number
      readonly gid: number
    }
  | { readonly kind: 'absent' }
  /** `mode` and `owner` where it is a folder, a device or the like that a stat tells of; `target` of a link that is not followed out. */
  | {
      readonly kind: 'not-a-file'
      readonly what: string
      readonly mode?: number
      readonly owner?: Owner
      readonly target?: string
    }
  | { readonly kind: 'too-large'; readonly size: number; readonly limit: number }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** Owner of new files: the calling user, also under sudo. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The disk. All paths are absolute. */
export interface Files {
  /** Reads a regular file (through symbolic links) of at most `limit` bytes. Never throws for what the disk holds. */
  read(path: string, limit: number): Promise<FileState>
  /** Does a directory exist, and may we write into it? */
  directory(path: string): Promise<'writable' | 'read-only' | 'absent' | 'not-a-directory'>
  /** Names in a directory, sorted; empty where there is none. */
  list(path: string): Promise<readonly string[]>
  /** The real path behind symbolic links of the last existing part, so that a link is written through. */
  resolve(path: string): Promise<string>
  /** Makes a directory and its parents with this mode and owner; existing ones stay as they are. */
  makeDirectory(path: string, mode: number, owner?: Owner): Promise<void>
  /**
   * Creates a new file: exclusive, never through a link, mode and owner set before the first byte, synced.
   * Throws where the name exists.
   */
  create(path: string, bytes: Uint8Array, mode: number, owner?: Owner): Promise<void>
  /**
   * Gives a file a second name, all at once: whoever sees the name sees the whole file.
   * Throws where the name exists. Syncs the directory.
   */
  link(from: string, to: string): Promise<void>
  /** Renames over `to`, and syncs the directory. */
  rename(from: string, to: string): Promise<void>
  /** Removes a file; silent where there is none. Syncs the directory. */
  remove(path: string): Promise<void>
  /** Removes an empty directory; silent where there is none or it is not empty. */
  removeDirectory(path: string): Promise<void>
}
