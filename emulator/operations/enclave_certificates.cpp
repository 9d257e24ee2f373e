/// ACM certificates for Nitro Enclaves: which roles may fetch which. Certificates and roles are other services': an ARN
/// that is well formed is taken for one that is there.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/describe.hpp"
#include "emulator/kinds.hpp"
#include "emulator/random.hpp"

namespace fogling {
namespace {

constexpr std::string_view kKind = "enclave-certificate-iam-role";
constexpr std::size_t kMostRoles = 16;  // documented

/// Assumed: code and words.
std::string require_arn(const Call& call, const char* member, std::string_view start, std::string_view service) {
  const auto arn = call.require(member);
  if (!arn.starts_with(start) || arn.find(service) == std::string_view::npos)
    throw errors::invalid_value(arn, member, "It is not a valid ARN.");
  return std::string(arn);
}
std::string require_certificate(const Call& call) {
  return require_arn(call, "CertificateArn", "arn:aws:acm:", ":certificate/");
}
std::string require_role(const Call& call) { return require_arn(call, "RoleArn", "arn:aws:iam::", ":role/"); }

std::vector<GenericResource> roles_of(Call& call, std::string_view certificate) {
  auto rows = state::list_kind(call.txn, call.scope, kKind);
  std::erase_if(rows, [&](const GenericResource& row) { return text(row.document, "_Certificate") != certificate; });
  return rows;
}

std::optional<GenericResource> find_role(Call& call, std::string_view certificate, std::string_view role) {
  for (auto& row : roles_of(call, certificate)) {
    if (text(row.document, "AssociatedRoleArn") == role) return std::move(row);
  }
  return std::nullopt;
}

/// The bucket is AWS' own; the key is documented as role_arn/certificate_arn.
Document AssociateEnclaveCertificateIamRole(Call& call) {
  const auto certificate = require_certificate(call), role = require_role(call);
  if (find_role(call, certificate, role)) {  // Assumed: code and words
    throw errors::invalid_parameter_value(
        fmt::format("The role '{}' is already associated with the certificate '{}'.", role, certificate));
  }
  if (roles_of(call, certificate).size() >= kMostRoles)  // Assumed: code and words
    throw ApiError("LimitExceeded", "No more than 16 IAM roles can be associated with a certificate.");
  GenericResource row;
  row.account = call.scope.account;
  row.region = call.scope.region;
  row.resource_id = call.make_id(kKind);
  row.kind = kKind;
  row.document = {{"AssociatedRoleArn", role},
                  {"_Certificate", certificate},
                  {"CertificateS3BucketName", fmt::format("aws-ec2-enclave-certificate-{}-prod", call.scope.region)},
                  {"CertificateS3ObjectKey", fmt::format("{}/{}", role, certificate)},
                  {"EncryptionKmsKeyId", make_uuid(call.random())}};
  state::insert(call.txn, row);
  Document answer = row.document;
  answer.erase("AssociatedRoleArn");
  answer.erase("_Certificate");
  return answer;
}

Document DisassociateEnclaveCertificateIamRole(Call& call) {
  const auto certificate = require_certificate(call), role = require_role(call);
  const auto row = find_role(call, certificate, role);
  if (!row) {  // Assumed: code and words
    throw ApiError("InvalidAssociationID.NotFound",
                   fmt::format("The role '{}' is not associated with the certificate '{}'.", role, certificate));
  }
  erase_resource(call, *row);
  return {{"Return", true}};
}

Document GetAssociatedEnclaveCertificateIamRoles(Call& call) {
  Document roles = Document::array();
  for (const auto& row : roles_of(call, require_certificate(call))) {
    roles.push_back(row.document);
    roles.back().erase("_Certificate");
  }
  return {{"AssociatedRoles", std::move(roles)}};
}

constexpr Operation kOperations[] = {
    {.name = "AssociateEnclaveCertificateIamRole", .run = AssociateEnclaveCertificateIamRole, .access = Access::write},
    {.name = "DisassociateEnclaveCertificateIamRole",
     .run = DisassociateEnclaveCertificateIamRole,
     .access = Access::write},
    {.name = "GetAssociatedEnclaveCertificateIamRoles",
     .run = GetAssociatedEnclaveCertificateIamRoles,
     .access = Access::read},
};

}  // namespace

Family enclave_certificates_family() { return {.operations = kOperations}; }

}  // namespace fogling
