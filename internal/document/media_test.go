// SPDX-License-Identifier: AGPL-3.0-or-later

package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"depositaire.org/depositaire/internal/fault"
)

func picture() image.Image { return image.NewGray(image.Rect(0, 0, 40, 30)) }

// taken is what a telephone says of a photograph: which way up (6), and where.
const taken = "Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x25\x88\x04\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00SECRET PLACE"

func segment(marker byte, content string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))) + content
}

func chunkPNG(kind, content string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(append(b, kind...), content...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func chunkRIFF(kind, content string) string {
	return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) + content + strings.Repeat("\x00", len(content)%2)
}

func photographs(t *testing.T) map[Media]string {
	t.Helper()
	var j, p bytes.Buffer
	if err := errors.Join(jpeg.Encode(&j, picture(), nil), png.Encode(&p, picture())); err != nil {
		t.Fatal(err)
	}
	told := segment(jpegApp1, taken) + segment(jpegApp1, "http://ns.adobe.com/xap/1.0/\x00SECRET") + segment(0xed, "SECRET") + segment(jpegComment, "SECRET") + segment(jpegApp2, "MPF\x00SECRET")
	riff := "WEBP" + chunkRIFF("VP8X", "\x0c\x00\x00\x00\x27\x00\x00\x1d\x00\x00") + chunkRIFF("VP8 ", "image") + chunkRIFF("EXIF", taken) + chunkRIFF("XMP ", "SECRET")
	return map[Media]string{
		JPEG: j.String()[:2] + told + j.String()[2:] + "SECRET second photograph",
		PNG:  p.String()[:33] + chunkPNG("eXIf", "SECRET") + chunkPNG("tEXt", "SECRET") + chunkPNG("iTXt", "SECRET") + chunkPNG("tIME", "SECRET.") + p.String()[33:] + "SECRET",
		WebP: "RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(riff)))) + riff + "SECRET",
	}
}

// TestAPhotographSaysNothingBesideItsImage: not where, not when, not by what; which
// way up it is stays.
//
// Seen to kill: a segment of Exif kept; a comment kept; what follows the end of the
// image kept; a chunk of words kept; the Exif of a WebP kept, and its flag.
func TestAPhotographSaysNothingBesideItsImage(t *testing.T) {
	for media, whole := range photographs(t) {
		found, err := mediaOf([]byte(whole))
		if err != nil || found != media {
			t.Fatalf("%s is taken for %q, %v", media, found, err)
		}
		got, err := io.ReadAll(media.bare(strings.NewReader(whole)))
		if err != nil || bytes.Contains(got, []byte("SECRET")) {
			t.Errorf("%s: %v, or it says more than its image", media, err)
		}
		switch media {
		case JPEG:
			if at := bytes.Index(got, []byte("\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")); at < 0 {
				t.Error("nobody knows any more which way up it is")
			}
			_, err = jpeg.Decode(bytes.NewReader(got))
		case PNG:
			_, err = png.Decode(bytes.NewReader(got))
		case WebP:
			if want := whole[:20] + "\x00" + whole[21:30] + chunkRIFF("VP8 ", "image") + chunkRIFF("JUNK", strings.Repeat("\x00", len(taken))) + chunkRIFF("JUNK", "\x00\x00\x00\x00\x00\x00"); string(got) != want {
				t.Errorf("%q\nwant %q", got, want)
			}
		}
		if err != nil {
			t.Errorf("%s is no image any more: %v", media, err)
		}
		for _, cut := range []int{13, len(got) / 2} {
			if _, err := io.ReadAll(media.bare(strings.NewReader(whole[:cut]))); !errors.Is(err, damaged()) {
				t.Errorf("%s cut short: %v", media, err)
			}
		}
	}
}

func TestWhatIsNotTakenIsSaidWhy(t *testing.T) {
	for head, want := range map[string]string{
		"": "fault.file_empty", "MZ\x90\x00\x03": "fault.file_type", "\x00\x00\x00\x18ftypheic\x00\x00": "fault.file_heic",
		"PK\x03\x04 something else": "fault.file_type", "\xff\xfe\x00\x01": "fault.file_type",
	} {
		_, err := mediaOf([]byte(head))
		if !errors.Is(err, fault.Field("file", want)) {
			t.Errorf("%q: %v, want %s", head, err, want)
		}
	}
	for head, want := range map[string]Media{
		"%PDF-1.7": PDF, "Bonjour, déjà\n": Plain, "PK\x03\x04....mimetype" + string(OpenText) + "PK": OpenText,
		"PK\x03\x04..[Content_Types].xml..word/document.xml": WordText, "<script>": Plain,
	} {
		if got, err := mediaOf([]byte(head)); err != nil || got != want {
			t.Errorf("%q: %q, %v", head, got, err)
		}
	}
	if _, err := io.ReadAll(&limited{strings.NewReader("12345"), 4}); !errors.Is(err, fault.Field("file", "fault.file_large")) {
		t.Errorf("too long: %v", err)
	}
}

// FuzzBare: no file makes a reader fail otherwise than by saying so.
func FuzzBare(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x08Exif"), 0)
	f.Fuzz(func(_ *testing.T, b []byte, which int) {
		media := []Media{JPEG, PNG, WebP}[uint(which)%3]
		_, _ = io.Copy(io.Discard, media.bare(bytes.NewReader(b)))
		_ = uprightOnly(b)
	})
}
