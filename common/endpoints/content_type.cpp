#include "common/endpoints/content_type.h"

#include <map>

namespace meseta {

QByteArray contentTypeOf(const std::string &fileName)
{
    static const std::map<std::string, QByteArray> types = {
        {".css", "text/css"},          {".csv", "text/csv"},
        {".gif", "image/gif"},         {".gz", "application/gzip"},
        {".htm", "text/html"},         {".html", "text/html"},
        {".ico", "image/x-icon"},      {".jpeg", "image/jpeg"},
        {".jpg", "image/jpeg"},        {".js", "application/javascript"},
        {".json", "application/json"}, {".map", "application/json"},
        {".pdf", "application/pdf"},   {".png", "image/png"},
        {".svg", "image/svg+xml"},     {".tar", "application/x-tar"},
        {".txt", "text/plain"},        {".woff", "font/woff"},
        {".woff2", "font/woff2"},      {".xml", "text/xml"},
        {".zip", "application/zip"},
    };
    const std::size_t dot = fileName.find_last_of('.');
    const auto type = dot == std::string::npos ? types.end() : types.find(fileName.substr(dot));
    return type == types.end() ? QByteArray("application/octet-stream") : type->second;
}

} // namespace meseta
