/** What an encoder (x265) made of a picture of 128x96 pixels whose left half is red and right half blue, as NAL units. */
const coded = Buffer.from(
  "AAAAAUABDAH//wFgAAADAJAAAAMAAAMAHpWYCQAAAAFCAQEBYAAAAwCQAAADAAADAB6gECBhZZWaSTK8BbgQEAggAAADACAAAAMDIQAAAAFEAcFytCJAAAABKAGvHYD3z4D/8cwfyl4XM5Wux1P/1M/HmZR/UmRpadmyYA==",
  "base64",
);

/**
 * That picture as an HEIC photo, as iPhones write them. `turns`: quarters to the left in which it is shown; `profile`: the
 * colours of its camera.
 */
export function heic(turns = 0, profile: Uint8Array = Buffer.alloc(0)): Buffer {
  const units = split(coded);
  const [vps, sps, pps] = [32, 33, 34].map(
    (type) => units.find((unit) => typeOf(unit) === type) ?? Buffer.alloc(0),
  );
  const slices = units
    .filter((unit) => typeOf(unit) < 32)
    .map((unit) => Buffer.concat([u32(unit.length), unit]));
  const picture = Buffer.concat(slices);
  const ftyp = box("ftyp", Buffer.from("heic\0\0\0\0mif1heic", "latin1"));
  const configuration = Buffer.concat([
    // Profile, tier and level as the sequence has them. Source: ISO/IEC 14496-15, HEVCDecoderConfigurationRecord.
    Buffer.from([1, ...(sps?.subarray(3, 15) ?? []), 0xf0, 0, 0xfc, 0xfd, 0xf8, 0xf8, 0, 0, 0x0f, 3]),
    ...[vps, sps, pps].map((unit = Buffer.alloc(0)) =>
      Buffer.concat([Buffer.from([0x80 | typeOf(unit), 0, 1]), u16(unit.length), unit]),
    ),
  ]);
  const properties = [
    box("hvcC", configuration),
    full("ispe", u32(128), u32(96)),
    box("irot", Buffer.from([turns])),
    box(
      "colr",
      Buffer.from(profile.length > 0 ? "prof" : "nclx\0\x01\0\x0d\0\x01\x80", "latin1"),
      Buffer.from(profile),
    ),
  ];
  const meta = (offset: number) =>
    full(
      "meta",
      full("hdlr", u32(0), Buffer.from("pict"), Buffer.alloc(13)),
      full("pitm", u16(1)),
      full("iloc", Buffer.from([0x44, 0]), u16(1), u16(1), u16(0), u16(1), u32(offset), u32(picture.length)),
      full("iinf", u16(1), box("infe", Buffer.from([2, 0, 0, 0]), u16(1), u16(0), Buffer.from("hvc1\0"))),
      box(
        "iprp",
        box("ipco", ...properties),
        full("ipma", u32(1), u16(1), Buffer.from([4, 0x81, 2, 0x83, 4])),
      ),
    );
  const before = ftyp.length + meta(0).length + 8;
  return Buffer.concat([ftyp, meta(before), box("mdat", picture)]);
}

function split(stream: Buffer): Buffer[] {
  const parts = stream
    .toString("latin1")
    .split("\0\0\x01")
    .map((part) => part.replace(/\0$/, ""));
  return parts.filter((part) => part !== "").map((part) => Buffer.from(part, "latin1"));
}

const typeOf = (unit: Buffer) => ((unit[0] ?? 0) >> 1) & 0x3f;

const u16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type), body]);
}

function full(type: string, ...parts: Buffer[]): Buffer {
  return box(type, u32(0), ...parts);
}
