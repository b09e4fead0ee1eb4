package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/mldsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// writeMade makes, with x/mod and the standard library alone, what lotchain must make from the same seeds and entries:
// entries "L0" … "L6" and "E0" … "E299", the log's seed 00 01 … 1f, its ML-DSA-44 seed 80 81 … 9f.
func writeMade(file string) error {
	const origin = "ledger.example/lots"
	seed, second := make([]byte, 32), make([]byte, 32)
	for at := range seed {
		seed[at], second[at] = byte(at), byte(0x80+at)
	}
	var few, many [][]byte
	for at := range 7 {
		few = append(few, fmt.Appendf(nil, "L%d", at))
	}
	for at := range 300 {
		many = append(many, fmt.Appendf(nil, "E%d", at))
	}
	all, err := grow(few)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(7, all)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n7\n%s\n", origin, root)
	signed, err := signNote(origin, text, seed)
	if err != nil {
		return err
	}
	inclusion, err := tlog.ProveRecord(7, 3, all)
	if err != nil {
		return err
	}
	consistency, err := tlog.ProveTree(7, 3, all)
	if err != nil {
		return err
	}
	tiles, err := tilesOf(many)
	if err != nil {
		return err
	}
	private, err := mldsa.NewPrivateKey(mldsa.MLDSA44(), second)
	if err != nil {
		return err
	}
	signature, err := private.SignDeterministic(subtree(origin, 0, origin, 7, root), nil)
	if err != nil {
		return err
	}
	made := map[string]any{
		"root": hex.EncodeToString(root[:]), "note": string(signed), "inclusion_3_of_7": hexes(inclusion),
		"consistency_3_to_7": hexes(consistency), "tiles_of_300": tiles,
		"mldsa44_public": hex.EncodeToString(private.PublicKey().Bytes()), "mldsa44_signature": hex.EncodeToString(signature),
	}
	out, err := json.Marshal(made)
	if err != nil {
		return err
	}
	return os.WriteFile(file, out, 0o666)
}

func signNote(origin, text string, seed []byte) ([]byte, error) {
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return nil, err
	}
	secret := base64.StdEncoding.EncodeToString(append([]byte{1}, seed...))
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, verifier.KeyHash(), secret)
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: text}, signer)
}

// tilesOf is path → SHA-256 of the tile's bytes, under C2SP's names.
func tilesOf(entries [][]byte) (map[string]string, error) {
	all, err := grow(entries)
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, tile := range tlog.NewTiles(8, 0, int64(len(entries))) {
		data, err := tlog.ReadTileData(tile, all)
		if err != nil {
			return nil, err
		}
		name := bytes.Replace([]byte(tile.Path()), []byte("tile/8/"), []byte("tile/"), 1)
		digest := sha256.Sum256(data)
		found[string(name)] = hex.EncodeToString(digest[:])
	}
	return found, nil
}

func hexes(list []tlog.Hash) []string {
	var out []string
	for _, each := range list {
		out = append(out, hex.EncodeToString(each[:]))
	}
	return out
}
