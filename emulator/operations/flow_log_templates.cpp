/// A CloudFormation template that lets Athena query what a flow log delivers to a bucket: database, table and
/// workgroups. Assumed: how it looks; loading new partitions is left to `MSCK REPAIR TABLE`.

#include <fmt/format.h>

#include <algorithm>

#include "emulator/clock.hpp"
#include "emulator/kinds.hpp"

namespace fogling {
namespace {

/// Fields that are numbers; the rest are text.
constexpr std::string_view kNumbers[] = {"version", "srcport", "dstport", "protocol",  "packets",
                                         "bytes",   "start",   "end",     "tcp-flags", "traffic-path"};

std::string column_name(std::string_view field) {
  std::string name(field);
  std::ranges::replace(name, '-', '_');
  return name;
}

/// `${version} ${account-id}` are the columns version and account_id.
Document columns_of(std::string_view format) {
  Document columns = Document::array();
  for (auto at = format.find("${"); at != std::string_view::npos; at = format.find("${", at + 2)) {
    const auto field = format.substr(at + 2, format.find('}', at) - at - 2);
    const bool is_number = std::ranges::find(kNumbers, field) != std::end(kNumbers);
    columns.push_back({{"Name", column_name(field)}, {"Type", is_number ? "bigint" : "string"}});
  }
  return columns;
}

/// `arn:aws:s3:::bucket/prefix` as Athena names it.
std::string s3_url(std::string_view arn) {
  constexpr std::string_view kArn = "arn:aws:s3:::";
  if (!arn.starts_with(kArn))
    throw errors::invalid_value(arn, "S3DestinationArn", "It is no ARN of a bucket.");  // Assumed
  std::string url = "s3://" + std::string(arn.substr(kArn.size()));
  if (!url.ends_with('/')) url += '/';
  return url;
}

GenericResource require_delivered(Call& call) {
  auto log = require_resource(call, "vpc-flow-log", call.require("FlowLogId"));
  if (text(log.document, "LogDestinationType") != "s3") {  // Assumed: the words of both
    throw errors::invalid_parameter_value(fmt::format("{} is not delivered to Amazon S3.", log.resource_id));
  }
  if (text(log.document, "ResourceId").starts_with("tgw-"))
    throw errors::unsupported("Flow logs of transit gateways cannot be integrated with Athena.");  // documented
  return log;
}

void check_period(const Document& integration) {
  const auto start = text(integration, "PartitionStartDate"), end = text(integration, "PartitionEndDate");
  const bool is_whole = start.empty() == end.empty();
  if (is_whole && (start.empty() || parse_time(start) <= parse_time(end))) return;
  throw errors::invalid_parameter_value("A period needs a start and an end that is not before it.");  // Assumed: words
}

Document table(const GenericResource& log, const Document& columns) {
  const bool is_parquet = text(part(log.document, "DestinationOptions"), "FileFormat") == "parquet";
  Document storage{{"Columns", columns},
                   {"Location", fmt::format("{}AWSLogs/{}/vpcflowlogs/{}/",
                                            s3_url(text(log.document, "LogDestination")), log.account, log.region)},
                   {"InputFormat", "org.apache.hadoop.mapred.TextInputFormat"},
                   {"OutputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"},
                   {"SerdeInfo",
                    {{"SerializationLibrary", "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
                     {"Parameters", {{"field.delim", " "}, {"skip.header.line.count", "1"}}}}}};
  if (is_parquet) {
    storage["InputFormat"] = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat";
    storage["OutputFormat"] = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat";
    storage["SerdeInfo"] = {{"SerializationLibrary", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"}};
  }
  return {{"Type", "AWS::Glue::Table"},
          {"Properties",
           {{"CatalogId", log.account},
            {"DatabaseName", {{"Ref", "FlowLogsDatabase"}}},
            {"TableInput",
             {{"Name", column_name(log.resource_id)},
              {"TableType", "EXTERNAL_TABLE"},
              {"PartitionKeys", Document::array({{{"Name", "date"}, {"Type", "string"}}})},
              {"StorageDescriptor", std::move(storage)}}}}}};
}

Document workgroup(const GenericResource& log, const Document& integration) {
  const auto results = s3_url(text(integration, "IntegrationResultS3DestinationArn"));
  return {{"Type", "AWS::Athena::WorkGroup"},
          {"Properties",
           {{"Name", log.resource_id + "-workgroup"},
            {"WorkGroupConfiguration", {{"ResultConfiguration", {{"OutputLocation", results}}}}}}}};
}

Document GetFlowLogsIntegrationTemplate(Call& call) {
  const auto log = require_delivered(call);
  s3_url(call.require("ConfigDeliveryS3DestinationArn"));
  const auto& integrations = items(call.part("IntegrateServices"), "AthenaIntegrations");
  if (integrations.empty()) throw errors::missing_parameter("AthenaIntegrations");
  Document resources{
      {"FlowLogsDatabase",
       {{"Type", "AWS::Glue::Database"},
        {"Properties",
         {{"CatalogId", log.account}, {"DatabaseInput", {{"Name", column_name(log.resource_id + "-database")}}}}}}},
      {"FlowLogsTable", table(log, columns_of(text(log.document, "LogFormat")))}};
  int number = 0;
  for (const auto& each : integrations) {
    check_period(each);
    resources[fmt::format("AthenaWorkGroup{}", ++number)] = workgroup(log, each);
  }
  const Document made{{"AWSTemplateFormatVersion", "2010-09-09"}, {"Resources", std::move(resources)}};
  return {{"Result", made.dump(2)}};
}

constexpr Operation kOperations[] = {
    {.name = "GetFlowLogsIntegrationTemplate", .run = GetFlowLogsIntegrationTemplate, .access = Access::read},
};

}  // namespace

Family flow_log_templates_family() { return {.operations = kOperations}; }

}  // namespace fogling
