/// Key material against what ssh-keygen and puttygen make of it, where they are installed, and against known answers.

#include "emulator/key_material.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "emulator/encoding.hpp"
#include "emulator/random.hpp"

namespace fogling::test {
namespace {

RandomSource seeded(Random& random) {
  return [&random](std::span<std::byte> bytes) { random.fill(bytes); };
}

bool is_installed(const std::string& program) {
  return std::system(("command -v " + program + " > /dev/null 2>&1").c_str()) == 0;
}

std::string output_of(const std::string& command) {
  std::string out;
  std::array<char, 4096> buffer{};
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  while (const auto size = fread(buffer.data(), 1, buffer.size(), pipe)) out.append(buffer.data(), size);
  pclose(pipe);
  return out;
}

class KeyFile {
 public:
  explicit KeyFile(const std::string& text) {
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  ~KeyFile() { std::filesystem::remove(path); }
  std::string path = testing::TempDir() + "fogling_key_" + std::to_string(getpid());
};

/// Type and base64 of an OpenSSH line, without its comment.
std::string without_comment(const std::string& line) {
  return line.substr(0, line.find_first_of(" \n", line.find(' ') + 1));
}

class Generated : public testing::TestWithParam<KeyType> {};

TEST_P(Generated, RepeatsWithItsSource) {
  Random one(1), two(1), other(2);
  const auto key = generate_key(GetParam(), KeyFormat::pem, "demo", seeded(one));
  EXPECT_EQ(key.private_key, generate_key(GetParam(), KeyFormat::pem, "demo", seeded(two)).private_key);
  EXPECT_NE(key.private_key, generate_key(GetParam(), KeyFormat::pem, "demo", seeded(other)).private_key);
  EXPECT_TRUE(key.public_key.ends_with(" demo\n"));
}

TEST_P(Generated, IsReadBySshKeygen) {
  if (!is_installed("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  Random random(3);
  const auto key = generate_key(GetParam(), KeyFormat::pem, "demo", seeded(random));
  const KeyFile file(key.private_key);
  EXPECT_EQ(without_comment(output_of("ssh-keygen -y -f " + file.path)), without_comment(key.public_key));
}

TEST_P(Generated, IsReadByPuttygen) {
  if (!is_installed("puttygen")) GTEST_SKIP() << "puttygen is not installed";
  Random random(4);
  const auto key = generate_key(GetParam(), KeyFormat::ppk, "demo", seeded(random));
  const KeyFile file(key.private_key);
  EXPECT_EQ(without_comment(output_of("puttygen -O public-openssh " + file.path)), without_comment(key.public_key));
}

INSTANTIATE_TEST_SUITE_P(Types, Generated, testing::Values(KeyType::rsa, KeyType::ed25519));

TEST(KeyFingerprint, OfACreatedRsaKeyIsTheSha1OfItsPkcs8) {
  if (!is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
  Random random(5);
  const auto key = generate_key(KeyType::rsa, KeyFormat::pem, "demo", seeded(random));
  const KeyFile file(key.private_key);
  const auto told =
      output_of("openssl pkcs8 -in " + file.path + " -inform PEM -outform DER -topk8 -nocrypt | openssl sha1 -c");
  EXPECT_NE(told.find(key.fingerprint), std::string::npos) << told << key.fingerprint;
  EXPECT_EQ(key.fingerprint.size(), 20U * 3 - 1);
}

TEST(KeyFingerprint, OfAnImportedRsaKeyIsTheMd5OfItsPublicKey) {
  if (!is_installed("openssl")) GTEST_SKIP() << "openssl is not installed";
  Random random(6);
  const auto key = generate_key(KeyType::rsa, KeyFormat::pem, "demo", seeded(random));
  const auto imported = import_public_key(key.public_key, "mine");
  ASSERT_TRUE(imported);
  const KeyFile file(key.private_key);
  const auto told = output_of("openssl rsa -in " + file.path + " -pubout -outform DER 2>/dev/null | openssl md5 -c");
  EXPECT_NE(told.find(imported->fingerprint), std::string::npos) << told << imported->fingerprint;
  EXPECT_EQ(imported->public_key, without_comment(key.public_key) + " mine\n");
}

TEST(KeyFingerprint, OfEd25519IsTheSameWhoeverMadeIt) {
  Random random(7);
  const auto key = generate_key(KeyType::ed25519, KeyFormat::pem, "demo", seeded(random));
  const auto imported = import_public_key(key.public_key, "demo");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->fingerprint, key.fingerprint);
  EXPECT_TRUE(key.fingerprint.ends_with("=")) << "padded, as AWS shows it";
}

TEST(KeyImport, TakesTheFormsThatEc2Takes) {
  Random random(8);
  const auto key = generate_key(KeyType::rsa, KeyFormat::pem, "demo", seeded(random));
  const auto base64 = without_comment(key.public_key).substr(8);
  EXPECT_TRUE(import_public_key("ssh-rsa " + base64, "x")) << "no comment";
  std::string rfc4716 = "---- BEGIN SSH2 PUBLIC KEY ----\nComment: \"a \\\nb\"\n";
  for (std::size_t at = 0; at < base64.size(); at += 70) rfc4716 += base64.substr(at, 70) + "\n";
  rfc4716 += "---- END SSH2 PUBLIC KEY ----\n";
  EXPECT_TRUE(import_public_key(rfc4716, "x"));
}

TEST(KeyImport, RefusesTheRest) {
  for (const std::string no :
       {"", "ssh-rsa", "ssh-rsa ", "ssh-rsa AAAA", "ssh-dss AAAAB3NzaC1kc3MAAACB", "hello world", "AAAA",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
        "---- BEGIN SSH2 PUBLIC KEY ----\n---- END SSH2 PUBLIC KEY ----"}) {
    EXPECT_FALSE(import_public_key(no, "x")) << no;
  }
  EXPECT_FALSE(import_public_key("ssh-ed25519 " + base64_encode(std::string("\xff\xff\xff\xffssh-ed25519", 15)), "x"));
}

}  // namespace
}  // namespace fogling::test
