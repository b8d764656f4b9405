// SPDX-License-Identifier: AGPL-3.0-or-later

package strongroom

import (
	"depositaire.org/depositaire/internal/fault"
	"depositaire.org/depositaire/internal/record"
	"depositaire.org/depositaire/internal/strongroom/internal/seal"
)

// errChain says that a chain was tampered with: a link altered, moved, removed
// or made by somebody who could not. Nothing behind it opens.
func errChain(why string) error {
	return fault.Because(fault.Unavailable, integrity(why))
}

type integrity string

func (i integrity) Error() string { return "chain: " + string(i) }

// linkContext binds a link to its place in its chain.
func linkContext(o record.OrganisationID, p seal.Purpose, l *record.Link) seal.Context {
	return seal.Context{
		Purpose: p, Organisation: o, Owner: l.Owner,
		ObjectKind: byte(l.Class), Version: l.N, Author: l.Author,
	}
}

// linkBytes is the skeleton that is signed, in fixed order and size: 160 bytes.
// Owner, number, class and author are in the signed context.
func linkBytes(l *record.Link) []byte {
	e := encoder{b: make([]byte, 0, 160)}
	e.u8(byte(l.Class))
	e.u8(byte(l.Right))
	e.u8(byte(l.Recipient.Kind))
	e.ref(l.Recipient.ID)
	e.u8(byte(l.Target.Kind))
	e.ref(l.Target.ID)
	e.u32(l.Epoch)
	e.min(l.Since)
	e.min(l.Until)
	e.min(l.At)
	e.hash(l.Commitment)
	e.hash(l.SealedHash)
	e.hash(l.Prev)
	return e.b
}

// linkHash is what the next link carries as Prev.
func linkHash(o record.OrganisationID, l *record.Link) [32]byte {
	return seal.Hash(linkContext(o, seal.ForSignature, l).Bytes(), linkBytes(l), l.Signature)
}

// signLink completes a link: its place after prev, its hashes, its signature.
func signLink(o record.OrganisationID, s seal.Signer, l *record.Link) {
	l.SealedHash = seal.Hash(l.Sealed)
	l.Signature = s.Sign(linkContext(o, seal.ForSignature, l), linkBytes(l))
}

func verifyLink(o record.OrganisationID, public []byte, l *record.Link) bool {
	return seal.Verify(public, linkContext(o, seal.ForSignature, l), linkBytes(l), l.Signature)
}

// Head is the newest link that somebody verified: how many links, and the hash
// of the last. A wrap remembers one, so that an opening verifies newer links only.
type Head struct {
	Count uint32
	Hash  [32]byte
}

// walkChain checks the order and the hashes of links and, for those that trusted
// does not cover, calls verify. A chain shorter than trusted, or whose link at
// trusted hashes otherwise, was rolled back or rewritten. No link is dated before
// the one it follows: a dismissed author cannot sign in her past.
func walkChain(o record.OrganisationID, owner record.Owner, links []record.Link, trusted Head, verify func(*record.Link) error) (Head, error) {
	if uint32(len(links)) < trusted.Count { //nolint:gosec // a chain has at most 2²⁰ links
		return Head{}, errChain("shorter than remembered")
	}
	var head Head
	var last record.Minute
	for i := range links {
		l := &links[i]
		if l.Owner != owner || l.N != head.Count || l.Prev != head.Hash || l.SealedHash != seal.Hash(l.Sealed) || l.At < last {
			return Head{}, errChain("a link is out of place")
		}
		head, last = Head{Count: head.Count + 1, Hash: linkHash(o, l)}, l.At
		switch {
		case head.Count == trusted.Count && head.Hash != trusted.Hash:
			return Head{}, errChain("rewritten since it was remembered")
		case head.Count > trusted.Count:
			if err := verify(l); err != nil {
				return Head{}, err
			}
		}
	}
	return head, nil
}
