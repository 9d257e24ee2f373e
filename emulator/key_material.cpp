#include "emulator/key_material.hpp"

#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "emulator/encoding.hpp"
#include "emulator/openssl.hpp"

namespace fogling {
namespace {

using namespace openssl;
using BnContext = Owner<BN_CTX, BN_CTX_free>;
using Pkcs8 = Owner<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

constexpr std::size_t kPrimeBytes = 128;  // two of them make 2048 bits
constexpr unsigned long kExponent = 65537;
constexpr std::size_t kEdBytes = 32;

void check(bool is_fine) {
  if (!is_fine) throw std::runtime_error("OpenSSL failed to make a key");
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// ---- SSH's wire format
// -----------------------------------------------------------------------------------------------

void put_uint32(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((value >> shift) & 0xff);
}
void put_string(std::string& out, std::string_view value) {
  put_uint32(out, value.size());
  out += value;
}
std::string bytes_of(const BIGNUM* number) {
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}
void put_mpint(std::string& out, const BIGNUM* number) {
  std::string bytes = bytes_of(number);
  if (!bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80) != 0) bytes.insert(0, 1, '\0');
  put_string(out, bytes);
}

/// Reads what put_string writes; nothing when it is cut short.
std::optional<std::string_view> take_string(std::string_view& in) {
  if (in.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(in[static_cast<std::size_t>(i)]);
  if (size > in.size() - 4) return std::nullopt;
  const auto value = in.substr(4, size);
  in.remove_prefix(4 + size);
  return value;
}

std::string rsa_blob(const BIGNUM* e, const BIGNUM* n) {
  std::string blob;
  put_string(blob, "ssh-rsa");
  put_mpint(blob, e);
  put_mpint(blob, n);
  return blob;
}
std::string ed25519_blob(std::string_view public_bytes) {
  std::string blob;
  put_string(blob, "ssh-ed25519");
  put_string(blob, public_bytes);
  return blob;
}

std::string openssh_line(KeyType type, const std::string& blob, std::string_view name) {
  std::string line = type == KeyType::rsa ? "ssh-rsa " : "ssh-ed25519 ";
  line += base64_encode(blob);
  line += ' ';
  line += name;
  line += '\n';
  return line;
}

std::string in_lines(const std::string& text, std::size_t width) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width) out += text.substr(at, width) + "\n";
  return out;
}

// ---- Fingerprints
// ----------------------------------------------------------------------------------------------------

std::string with_colons(const EVP_MD* digest, const unsigned char* data, std::size_t size) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned out_size = 0;
  check(EVP_Digest(data, size, out, &out_size, digest, nullptr) == 1);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < out_size; ++i) {
    if (i > 0) text += ':';
    text += kDigits[out[i] >> 4];
    text += kDigits[out[i] & 15];
  }
  return text;
}

std::string created_rsa_fingerprint(EVP_PKEY* key) {
  const Pkcs8 info(EVP_PKEY2PKCS8(key));
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
  check(size > 0);
  auto text = with_colons(EVP_sha1(), der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::string imported_rsa_fingerprint(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  check(size > 0);
  auto text = with_colons(EVP_md5(), der, static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

std::string ed25519_fingerprint(const std::string& blob) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(EVP_Digest(blob.data(), blob.size(), out, &size, EVP_sha256(), nullptr) == 1);
  return base64_encode({reinterpret_cast<const char*>(out), size});
}

// ---- PuTTY
// -----------------------------------------------------------------------------------------------------------

/// PuTTY's private key file, version 2, not encrypted: every PuTTY reads it. Assumed: AWS' version.
std::string ppk(std::string_view type, std::string_view name, const std::string& public_blob,
                const std::string& private_blob) {
  std::string authenticated;
  for (const std::string_view part :
       {type, std::string_view("none"), name, std::string_view(public_blob), std::string_view(private_blob)}) {
    put_string(authenticated, part);
  }
  unsigned char key[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE];
  unsigned key_size = 0, mac_size = 0;
  constexpr std::string_view kSalt = "putty-private-key-file-mac-key";
  check(EVP_Digest(kSalt.data(), kSalt.size(), key, &key_size, EVP_sha1(), nullptr) == 1);
  check(HMAC(EVP_sha1(), key, static_cast<int>(key_size), bytes_of(authenticated), authenticated.size(), mac,
             &mac_size) != nullptr);
  const auto lines = [](const std::string& blob) { return in_lines(base64_encode(blob), 64); };
  const auto count = [](const std::string& text) { return std::to_string(std::ranges::count(text, '\n')); };
  const std::string public_lines = lines(public_blob), private_lines = lines(private_blob);
  std::string mac_text;
  for (unsigned i = 0; i < mac_size; ++i) {
    constexpr char kDigits[] = "0123456789abcdef";
    mac_text += kDigits[mac[i] >> 4];
    mac_text += kDigits[mac[i] & 15];
  }
  return "PuTTY-User-Key-File-2: " + std::string(type) + "\nEncryption: none\nComment: " + std::string(name) +
         "\nPublic-Lines: " + count(public_lines) + "\n" + public_lines + "Private-Lines: " + count(private_lines) +
         "\n" + private_lines + "Private-MAC: " + mac_text + "\n";
}

// ---- RSA
// -------------------------------------------------------------------------------------------------------------

/// The first prime from a random place on whose predecessor the exponent does not divide.
Bn draw_prime(const RandomSource& random, BN_CTX* context) {
  std::vector<unsigned char> bytes(kPrimeBytes);
  random(std::as_writable_bytes(std::span(bytes)));
  bytes.front() |= 0xc0;  // so that the product has all its bits
  bytes.back() |= 1;
  Bn prime(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  check(prime != nullptr);
  for (;;) {
    const auto remainder = BN_mod_word(prime.get(), kExponent);
    const int verdict = remainder == 1 ? 0 : BN_check_prime(prime.get(), context, nullptr);
    check(verdict >= 0);
    if (verdict == 1) return prime;
    check(BN_add_word(prime.get(), 2) == 1);
  }
}

struct RsaNumbers {
  Bn n, e, d, p, q, dp, dq, qi;
};

RsaNumbers draw_rsa(const RandomSource& random) {
  const BnContext context(BN_CTX_new());
  RsaNumbers r;
  r.p = draw_prime(random, context.get());
  do {
    r.q = draw_prime(random, context.get());
  } while (BN_cmp(r.p.get(), r.q.get()) == 0);
  if (BN_cmp(r.p.get(), r.q.get()) < 0) std::swap(r.p, r.q);
  for (Bn* each : {&r.n, &r.e, &r.d, &r.dp, &r.dq, &r.qi}) each->reset(BN_new());
  const Bn p1(BN_dup(r.p.get())), q1(BN_dup(r.q.get())), phi(BN_new());
  check(BN_sub_word(p1.get(), 1) == 1 && BN_sub_word(q1.get(), 1) == 1);
  check(BN_mul(r.n.get(), r.p.get(), r.q.get(), context.get()) == 1);
  check(BN_mul(phi.get(), p1.get(), q1.get(), context.get()) == 1);
  check(BN_set_word(r.e.get(), kExponent) == 1);
  check(BN_mod_inverse(r.d.get(), r.e.get(), phi.get(), context.get()) != nullptr);
  check(BN_mod(r.dp.get(), r.d.get(), p1.get(), context.get()) == 1);
  check(BN_mod(r.dq.get(), r.d.get(), q1.get(), context.get()) == 1);
  check(BN_mod_inverse(r.qi.get(), r.q.get(), r.p.get(), context.get()) != nullptr);
  return r;
}

Key rsa_key(const std::vector<std::pair<const char*, const BIGNUM*>>& numbers, int selection) {
  const Builder builder(OSSL_PARAM_BLD_new());
  for (const auto& [name, number] : numbers) check(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1);
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  check(params != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  check(EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) == 1);
  return Key(key);
}

std::string pkcs1_pem(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  check(PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

KeyMaterial generate_rsa(KeyFormat format, std::string_view name, const RandomSource& random) {
  const RsaNumbers r = draw_rsa(random);
  const Key key = rsa_key({{OSSL_PKEY_PARAM_RSA_N, r.n.get()},
                           {OSSL_PKEY_PARAM_RSA_E, r.e.get()},
                           {OSSL_PKEY_PARAM_RSA_D, r.d.get()},
                           {OSSL_PKEY_PARAM_RSA_FACTOR1, r.p.get()},
                           {OSSL_PKEY_PARAM_RSA_FACTOR2, r.q.get()},
                           {OSSL_PKEY_PARAM_RSA_EXPONENT1, r.dp.get()},
                           {OSSL_PKEY_PARAM_RSA_EXPONENT2, r.dq.get()},
                           {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, r.qi.get()}},
                          EVP_PKEY_KEYPAIR);
  const std::string blob = rsa_blob(r.e.get(), r.n.get());
  KeyMaterial material{KeyType::rsa, {}, openssh_line(KeyType::rsa, blob, name), created_rsa_fingerprint(key.get())};
  if (format == KeyFormat::pem) {
    material.private_key = pkcs1_pem(key.get());
  } else {
    std::string numbers;
    for (const auto* number : {&r.d, &r.p, &r.q, &r.qi}) put_mpint(numbers, number->get());
    material.private_key = ppk("ssh-rsa", name, blob, numbers);
  }
  return material;
}

// ---- ED25519
// ---------------------------------------------------------------------------------------------------------

/// OpenSSH's own container, not encrypted (PROTOCOL.key of openssh-portable).
std::string openssh_private_key(std::string_view seed, std::string_view public_bytes, const std::string& blob,
                                std::string_view name, std::string_view check_bytes) {
  std::string secret(check_bytes);
  secret += check_bytes;
  put_string(secret, "ssh-ed25519");
  put_string(secret, public_bytes);
  put_string(secret, std::string(seed) + std::string(public_bytes));
  put_string(secret, name);
  for (char pad = 1; secret.size() % 8 != 0; ++pad) secret += pad;
  std::string container("openssh-key-v1\0", 15);
  put_string(container, "none");
  put_string(container, "none");
  put_string(container, "");
  put_uint32(container, 1);
  put_string(container, blob);
  put_string(container, secret);
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + in_lines(base64_encode(container), 70) +
         "-----END OPENSSH PRIVATE KEY-----\n";
}

KeyMaterial generate_ed25519(KeyFormat format, std::string_view name, const RandomSource& random) {
  std::string drawn(kEdBytes + 4, '\0');
  random(std::as_writable_bytes(std::span(drawn)));
  const std::string seed = drawn.substr(0, kEdBytes), check_bytes = drawn.substr(kEdBytes);
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
  check(key != nullptr);
  std::string public_bytes(kEdBytes, '\0');
  std::size_t size = public_bytes.size();
  check(EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_bytes.data()), &size) == 1);
  const std::string blob = ed25519_blob(public_bytes);
  KeyMaterial material{KeyType::ed25519, {}, openssh_line(KeyType::ed25519, blob, name), ed25519_fingerprint(blob)};
  if (format == KeyFormat::pem) {
    material.private_key = openssh_private_key(seed, public_bytes, blob, name, check_bytes);
  } else {
    std::string secret;  // PuTTY keeps the number little-endian, without its zeros at the end
    put_string(secret, seed.substr(0, seed.find_last_not_of('\0') + 1));
    material.private_key = ppk("ssh-ed25519", name, blob, secret);
  }
  return material;
}

// ---- Import
// ----------------------------------------------------------------------------------------------------------

std::optional<KeyMaterial> imported_rsa(const BIGNUM* e, const BIGNUM* n, std::string_view name) {
  const int bits = BN_num_bits(n);
  if (bits < 1024 || bits > 16384 || BN_is_zero(e)) return std::nullopt;
  const Key key = rsa_key({{OSSL_PKEY_PARAM_RSA_N, n}, {OSSL_PKEY_PARAM_RSA_E, e}}, EVP_PKEY_PUBLIC_KEY);
  return KeyMaterial{
      KeyType::rsa, {}, openssh_line(KeyType::rsa, rsa_blob(e, n), name), imported_rsa_fingerprint(key.get())};
}

std::optional<KeyMaterial> from_blob(const std::string& blob, std::string_view name) {
  std::string_view rest = blob;
  const auto type = take_string(rest);
  if (type == "ssh-ed25519") {
    const auto bytes = take_string(rest);
    if (!bytes || bytes->size() != kEdBytes || !rest.empty()) return std::nullopt;
    return KeyMaterial{KeyType::ed25519, {}, openssh_line(KeyType::ed25519, blob, name), ed25519_fingerprint(blob)};
  }
  if (type != "ssh-rsa") return std::nullopt;
  const auto exponent = take_string(rest), modulus = take_string(rest);
  if (!exponent || !modulus || !rest.empty()) return std::nullopt;
  const Bn e(BN_bin2bn(bytes_of(*exponent), static_cast<int>(exponent->size()), nullptr));
  const Bn n(BN_bin2bn(bytes_of(*modulus), static_cast<int>(modulus->size()), nullptr));
  return imported_rsa(e.get(), n.get(), name);
}

std::optional<KeyMaterial> from_der(const std::string& der, std::string_view name) {
  const unsigned char* at = bytes_of(der);
  const Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key || at != bytes_of(der) + der.size()) return std::nullopt;
  if (EVP_PKEY_is_a(key.get(), "ED25519") == 1) {
    std::string bytes(kEdBytes, '\0');
    std::size_t size = bytes.size();
    if (EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1)
      return std::nullopt;
    return from_blob(ed25519_blob(bytes), name);
  }
  BIGNUM *n = nullptr, *e = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &n) != 1) return std::nullopt;
  const Bn modulus(n);
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &e) != 1) return std::nullopt;
  const Bn exponent(e);
  return imported_rsa(exponent.get(), modulus.get(), name);
}

/// The base64 between the lines of RFC 4716, headers left out.
std::string rfc4716_body(std::string_view text) {
  std::string body;
  bool continues_header = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    const bool is_header = continues_header || line.find(':') != std::string_view::npos;
    continues_header = is_header && line.ends_with('\\');
    if (!is_header && !line.starts_with("----")) body += line;
  }
  return body;
}

}  // namespace

KeyMaterial generate_key(KeyType type, KeyFormat format, std::string_view name, const RandomSource& random) {
  return type == KeyType::rsa ? generate_rsa(format, name, random) : generate_ed25519(format, name, random);
}

std::optional<KeyMaterial> import_public_key(std::string_view material, std::string_view name) {
  while (!material.empty() && std::string_view(" \t\r\n").find(material.back()) != std::string_view::npos) {
    material.remove_suffix(1);
  }
  while (!material.empty() && std::string_view(" \t\r\n").find(material.front()) != std::string_view::npos) {
    material.remove_prefix(1);
  }
  if (material.starts_with("---- BEGIN SSH2 PUBLIC KEY ----")) {
    const auto blob = base64_decode(rfc4716_body(material));
    return blob ? from_blob(*blob, name) : std::nullopt;
  }
  if (material.starts_with("ssh-")) {
    const auto first = material.find(' ');
    if (first == std::string_view::npos) return std::nullopt;
    const auto begin = material.find_first_not_of(' ', first);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto blob = base64_decode(material.substr(begin, material.find_first_of(" \t\r\n", begin) - begin));
    std::string_view rest = blob ? std::string_view(*blob) : std::string_view{};
    if (!blob || take_string(rest) != material.substr(0, first)) return std::nullopt;
    return from_blob(*blob, name);
  }
  const auto der = base64_decode(material);
  return der && !der->empty() ? from_der(*der, name) : std::nullopt;
}

}  // namespace fogling
