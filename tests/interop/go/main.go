// Asks Go's golang.org/x/mod (the copy that the Go toolchain carries) and the standard library about our outputs.
//
//	checker cases.json answers.json     answer each case that is of a kind known here: does it hold?
//	checker -make made.json             make what tests/interop/made_by_peers.json records, from fixed seeds
//
// The checker is not told which answer is wanted.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/mldsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type inputs struct {
	Note, Log, LogMLDSA, Proof, Entry, Root, Folder string
	Witnesses, Entries, Path                        []string
	Index, Size, Old, New                           int64
	OldRoot, NewRoot                                string
}

func (in *inputs) UnmarshalJSON(data []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	fields := map[string]any{
		"note": &in.Note, "log": &in.Log, "log_mldsa": &in.LogMLDSA, "proof": &in.Proof, "entry": &in.Entry,
		"root": &in.Root, "folder": &in.Folder, "witnesses": &in.Witnesses, "entries": &in.Entries, "path": &in.Path,
		"index": &in.Index, "size": &in.Size, "old": &in.Old, "new": &in.New, "old_root": &in.OldRoot,
		"new_root": &in.NewRoot,
	}
	for name, value := range raw {
		if target, known := fields[name]; known {
			if err := json.Unmarshal(value, target); err != nil {
				return err
			}
		}
	}
	return nil
}

type question struct {
	ID     int
	Kind   string
	Inputs inputs
}

type answer struct {
	ID    int    `json:"id"`
	Holds bool   `json:"holds"`
	Why   string `json:"why,omitempty"`
}

func main() {
	var err error
	if len(os.Args) == 3 && os.Args[1] == "-make" {
		err = writeMade(os.Args[2])
	} else if len(os.Args) == 3 {
		err = answerAll(os.Args[1], os.Args[2])
	} else {
		err = errors.New("usage: checker CASES ANSWERS, or checker -make FILE")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(casesFile, answersFile string) error {
	data, err := os.ReadFile(casesFile)
	if err != nil {
		return err
	}
	var questions []question
	if err := json.Unmarshal(data, &questions); err != nil {
		return err
	}
	known := map[string]func(inputs) error{
		"note": checkNote, "tlog-proof": checkProof, "root": checkRoot, "inclusion": checkInclusion,
		"consistency": checkConsistency, "tiles": checkTiles,
	}
	var answers []answer
	for _, asked := range questions {
		check, found := known[asked.Kind]
		if !found {
			continue
		}
		said := answer{ID: asked.ID, Holds: true}
		if err := check(asked.Inputs); err != nil {
			said.Holds, said.Why = false, err.Error()
		}
		answers = append(answers, said)
	}
	out, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	return os.WriteFile(answersFile, out, 0o666)
}

// --- notes

// cosigner verifies C2SP cosignatures: type 4 (Ed25519) and type 6 (ML-DSA-44), for witnesses and for the log itself.
type cosigner struct {
	name   string
	hash   uint32
	kind   byte
	public []byte
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("a verifier key has three parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) < 2 {
		return nil, errors.New("a verifier key is base64")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("a verifier key has another id")
	}
	return &cosigner{parts[0], hash, key[0], key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) < 8 {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	switch c.kind {
	case 4:
		signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), msg...)
		return len(sig) == 72 && ed25519.Verify(c.public, signed, sig[8:])
	case 6:
		origin, size, root, err := parseCheckpoint(string(msg))
		if err != nil {
			return false
		}
		public, err := mldsa.NewPublicKey(mldsa.MLDSA44(), c.public)
		return err == nil && mldsa.Verify(public, subtree(c.name, time, origin, size, root), sig[8:], nil) == nil
	}
	return false
}

func subtree(name string, time uint64, origin string, size int64, root tlog.Hash) []byte {
	message := []byte("subtree/v1\n\x00")
	message = append(append(message, byte(len(name))), name...)
	message = binary.BigEndian.AppendUint64(message, time)
	message = append(append(message, byte(len(origin))), origin...)
	message = binary.BigEndian.AppendUint64(message, 0)
	message = binary.BigEndian.AppendUint64(message, uint64(size))
	return append(message, root[:]...)
}

func parseCheckpoint(text string) (origin string, size int64, root tlog.Hash, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return "", 0, root, errors.New("a checkpoint is three lines")
	}
	if size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", 0, root, err
	}
	if root, err = tlog.ParseHash(lines[2]); err != nil {
		return "", 0, root, err
	}
	return lines[0], size, root, nil
}

// openNote wants the log's Ed25519 line, its ML-DSA-44 line, and the line of every witness.
func openNote(msg []byte, in inputs) (size int64, root tlog.Hash, err error) {
	log, err := note.NewVerifier(in.Log)
	if err != nil {
		return 0, root, err
	}
	verifiers := []note.Verifier{log}
	for _, vkey := range append([]string{in.LogMLDSA}, in.Witnesses...) {
		if vkey == "" { // a log without a second key
			continue
		}
		each, err := newCosigner(vkey)
		if err != nil {
			return 0, root, err
		}
		verifiers = append(verifiers, each)
	}
	opened, err := note.Open(msg, note.VerifierList(verifiers...))
	if err != nil {
		return 0, root, err
	}
	signed := map[string]bool{}
	for _, sig := range opened.Sigs {
		signed[fmt.Sprintf("%s %08x", sig.Name, sig.Hash)] = true
	}
	for _, each := range verifiers {
		if !signed[fmt.Sprintf("%s %08x", each.Name(), each.KeyHash())] {
			return 0, root, fmt.Errorf("no line by %s %08x", each.Name(), each.KeyHash())
		}
	}
	origin, size, root, err := parseCheckpoint(opened.Text)
	if err == nil && origin != log.Name() {
		err = errors.New("another log's checkpoint")
	}
	return size, root, err
}

func checkNote(in inputs) error {
	msg, err := hex.DecodeString(in.Note)
	if err == nil {
		_, _, err = openNote(msg, in)
	}
	return err
}

func checkProof(in inputs) error {
	data, err := hex.DecodeString(in.Proof)
	if err != nil {
		return err
	}
	entry, err := hex.DecodeString(in.Entry)
	if err != nil {
		return err
	}
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		return errors.New("no tlog-proof")
	}
	index, err := strconv.ParseInt(lines[1][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	size, root, err := openNote(checkpoint, in)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, size, root, index, tlog.RecordHash(entry))
}

// --- trees

func hash(text string) (tlog.Hash, error) {
	var out tlog.Hash
	data, err := hex.DecodeString(text)
	if err != nil || len(data) != len(out) {
		return out, errors.New("no hash")
	}
	copy(out[:], data)
	return out, nil
}

func hashes(texts []string) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, text := range texts {
		each, err := hash(text)
		if err != nil {
			return nil, err
		}
		out = append(out, each)
	}
	return out, nil
}

// stored keeps the hashes of a tree in the order of x/mod, and is read as a HashReader.
type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(s)) {
			return nil, errors.New("no such hash")
		}
		out[at] = s[index]
	}
	return out, nil
}

func grow(entries [][]byte) (stored, error) {
	var all stored
	for at, entry := range entries {
		more, err := tlog.StoredHashes(int64(at), entry, all)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func checkRoot(in inputs) error {
	var entries [][]byte
	for _, text := range in.Entries {
		entry, err := hex.DecodeString(text)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	all, err := grow(entries)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(int64(len(entries)), all)
	if err != nil {
		return err
	}
	if hex.EncodeToString(root[:]) != in.Root {
		return errors.New("another root")
	}
	return nil
}

func checkInclusion(in inputs) error {
	entry, err := hex.DecodeString(in.Entry)
	if err != nil {
		return err
	}
	root, err := hash(in.Root)
	if err != nil {
		return err
	}
	path, err := hashes(in.Path)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, in.Size, root, in.Index, tlog.RecordHash(entry))
}

func checkConsistency(in inputs) error {
	older, err := hash(in.OldRoot)
	if err != nil {
		return err
	}
	newer, err := hash(in.NewRoot)
	if err != nil {
		return err
	}
	path, err := hashes(in.Path)
	if err != nil {
		return err
	}
	return tlog.CheckTree(path, in.New, newer, in.Old, older)
}

// --- tiles

// folder reads the tiles of a log from files, under the names of C2SP tlog-tiles (x/mod's own hold the height, too).
type folder string

func (f folder) Height() int { return 8 }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := os.ReadFile(filepath.Join(string(f), strings.Replace(tile.Path(), "tile/8/", "tile/", 1)))
		if err != nil {
			return nil, err
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, errors.New("a tile of another width")
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// checkTiles authenticates every tile of the tree against the root, and compares each byte for byte with x/mod's own.
func checkTiles(in inputs) error {
	root, err := hash(in.Root)
	if err != nil {
		return err
	}
	tree := tlog.Tree{N: in.Size, Hash: root}
	reader := tlog.TileHashReader(tree, folder(in.Folder))
	leaves := make([]int64, in.Size)
	for at := range leaves {
		leaves[at] = tlog.StoredHashIndex(0, int64(at))
	}
	read, err := reader.ReadHashes(leaves)
	if err != nil {
		return err
	}
	var all stored
	for at, each := range read {
		more, err := tlog.StoredHashesForRecordHash(int64(at), each, all)
		if err != nil {
			return err
		}
		all = append(all, more...)
	}
	computed, err := tlog.TreeHash(in.Size, all)
	if err != nil || computed != root {
		return errors.New("the tiles lead to another root")
	}
	for _, tile := range tlog.NewTiles(8, 0, in.Size) {
		want, err := tlog.ReadTileData(tile, all)
		if err != nil {
			return err
		}
		got, err := folder(in.Folder).ReadTiles([]tlog.Tile{tile})
		if err != nil {
			return err
		}
		if !bytes.Equal(want, got[0]) {
			return fmt.Errorf("%s has other bytes", tile.Path())
		}
	}
	return nil
}
