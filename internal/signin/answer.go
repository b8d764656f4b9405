// SPDX-License-Identifier: AGPL-3.0-or-later

package signin

import (
	"encoding/base64"

	"github.com/go-webauthn/webauthn/protocol"

	"depositaire.org/depositaire/internal/fault"
)

// errAnswer is for a form that no passkey filled.
var errAnswer = fault.New(fault.Invalid, "form.unread")

// decodeAll decodes fields of the answer; each must be base64url.
func decodeAll(texts ...string) ([]protocol.URLEncodedBase64, error) {
	var all []protocol.URLEncodedBase64
	for _, s := range texts {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			return nil, errAnswer
		}
		all = append(all, b)
	}
	return all, nil
}

func (a Answer) public(raw protocol.URLEncodedBase64) protocol.PublicKeyCredential {
	return protocol.PublicKeyCredential{
		Credential: protocol.Credential{ID: a.Credential, Type: string(protocol.PublicKeyCredentialType)}, RawID: raw,
	}
}

// creation reads what a passkey answered when it was made.
func (a Answer) creation() (*protocol.ParsedCredentialCreationData, error) {
	f, err := decodeAll(a.Credential, a.ClientData, a.Attestation)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.CredentialCreationResponse{
		PublicKeyCredential: a.public(f[0]),
		AttestationResponse: protocol.AuthenticatorAttestationResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: f[1]}, AttestationObject: f[2],
		},
	}.Parse()
	if err != nil {
		return nil, errAnswer
	}
	return parsed, nil
}

// assertion reads what a passkey answered when it was used.
func (a Answer) assertion() (*protocol.ParsedCredentialAssertionData, error) {
	f, err := decodeAll(a.Credential, a.ClientData, a.Authenticator, a.Signature, a.UserHandle)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.CredentialAssertionResponse{
		PublicKeyCredential: a.public(f[0]),
		AssertionResponse: protocol.AuthenticatorAssertionResponse{
			AuthenticatorResponse: protocol.AuthenticatorResponse{ClientDataJSON: f[1]},
			AuthenticatorData:     f[2], Signature: f[3], UserHandle: f[4],
		},
	}.Parse()
	if err != nil {
		return nil, errAnswer
	}
	return parsed, nil
}

// prf returns the secret of the passkey, or errPasskey when it gives none.
func (a Answer) prf() ([]byte, error) {
	b, err := base64.RawURLEncoding.DecodeString(a.PRF)
	if err != nil || len(b) == 0 {
		return nil, errPasskey
	}
	return b, nil
}
