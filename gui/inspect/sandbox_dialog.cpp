#include "gui/inspect/sandbox_dialog.h"

#include <QDialogButtonBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTreeWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "gui/inspect/ansi.h"
#include "gui/inspect/file_copy.h"
#include "gui/model/formats.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr qint64 previewBytes = 64 * 1024;
enum Roles { PathRole = Qt::UserRole, FolderRole, LoadedRole, SizeRole };

/// Text as text; of anything else its bytes, sixteen to a line.
QString shownText(const QByteArray &bytes)
{
    QStringList lines;
    if (!bytes.contains('\0')) {
        for (const QByteArray &line : bytes.split('\n'))
            lines << readAnsi(line).text;
        return lines.join(QLatin1Char('\n'));
    }
    constexpr qsizetype perLine = 16, mostShown = 4096;
    for (qsizetype at = 0; at < std::min(mostShown, bytes.size()); at += perLine) {
        const QByteArray part = bytes.mid(at, perLine);
        QString letters;
        for (const char c : part)
            letters += c >= 0x20 && c < 0x7f ? QLatin1Char(c) : QLatin1Char('.');
        lines << QStringLiteral("%1  %2  %3")
                     .arg(at, 8, 16, QLatin1Char('0'))
                     .arg(QString::fromLatin1(part.toHex(' ')), -47)
                     .arg(letters);
    }
    return lines.join(QLatin1Char('\n'));
}

/// A name that a file of this machine may have, whatever the agent says.
QString safeName(const QString &path)
{
    QString name = path.section(QLatin1Char('/'), -1);
    name.remove(QChar(u'\0'));
    return name.isEmpty() || name == QLatin1String(".") || name == QLatin1String("..")
        ? QStringLiteral("file")
        : name.left(200);
}

} // namespace

/// The tree, out of which the file that has been fetched can be dragged.
class SandboxTree : public QTreeWidget
{
public:
    QString dragged; ///< the local copy; empty: nothing can be dragged

protected:
    QMimeData *mimeData(const QList<QTreeWidgetItem *> &) const override
    {
        if (dragged.isEmpty())
            return nullptr;
        auto *file = new QMimeData;
        file->setUrls({QUrl::fromLocalFile(dragged)});
        return file;
    }
};

SandboxDialog::SandboxDialog(const QString &agent, const QString &folder, const QString &task,
                             QWidget *parent)
    : QDialog(parent)
    , m_agent(agent)
    , m_folder(folder)
    , m_tree(new SandboxTree)
    , m_preview(new QPlainTextEdit)
    , m_state(new QLabel)
    , m_open(new QPushButton(tr("Open")))
    , m_save(new QPushButton(tr("Save…")))
{
    setWindowTitle(tr("Sandbox of %1").arg(task));
    m_tree->setHeaderLabels({tr("Name"), tr("Size"), tr("Changed"), tr("Mode")});
    const QFontMetrics letters(m_tree->font());
    const int gap = letters.height() * 2; // the size ends where the date's column begins
    m_tree->header()->resizeSection(0, letters.height() * 13);
    const char *widest[] = {"1023.9 MiB", "2026-10-20 20:20", "drwxrwxrwx"};
    for (int i = 1; i <= 3; ++i)
        m_tree->header()->resizeSection(
            i, letters.horizontalAdvance(QString::fromLatin1(widest[i - 1])) + gap);
    m_tree->headerItem()->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
    m_tree->headerItem()->setTextAlignment(2, Qt::AlignCenter);
    m_tree->setAccessibleName(windowTitle());
    m_tree->setDragEnabled(true);
    m_tree->setDragDropMode(QAbstractItemView::DragOnly);
    m_preview->setReadOnly(true);
    m_preview->setFont(Theme::fixedFont());
    m_preview->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_preview->setPlaceholderText(tr("Select a file to see how it begins."));
    m_preview->setAccessibleName(tr("Beginning of the file"));
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    auto *split = new QSplitter(Qt::Vertical);
    split->addWidget(m_tree);
    split->addWidget(m_preview);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(m_open, QDialogButtonBox::ActionRole);
    buttons->addButton(m_save, QDialogButtonBox::ActionRole);
    m_open->setDefault(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->addWidget(split, 1);
    column->addWidget(m_state);
    column->addWidget(buttons);
    resize(std::max(720, letters.height() * 42), std::max(560, letters.height() * 30));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, &SandboxDialog::openCurrent);
    connect(m_save, &QPushButton::clicked, this, &SandboxDialog::saveCurrent);
    connect(m_tree, &QTreeWidget::itemActivated, this, &SandboxDialog::openCurrent);
    connect(m_tree, &QTreeWidget::itemExpanded, this, [this](QTreeWidgetItem *item) {
        if (!item->data(0, LoadedRole).toBool())
            load(item, item->data(0, PathRole).toString());
    });
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &SandboxDialog::showCurrent);
    m_reader.setAgent(agent);
    showCurrent();
    load(nullptr, folder);
}

SandboxDialog::~SandboxDialog() = default;

void SandboxDialog::load(QTreeWidgetItem *parent, const QString &folder)
{
    if (parent)
        parent->setData(0, LoadedRole, true);
    m_reader.list(folder, [this, parent, folder](Result<QList<FileReader::Entry>> entries) {
        if (!entries)
            return m_state->setText(QString::fromStdString(entries.error().message));
        addEntries(parent, folder, *entries);
        const auto more = static_cast<int>(entries->size()) - mostEntries;
        m_state->setText(more > 0 ? tr("%n more file(s) of %1 are not shown.", nullptr, more)
                                        .arg(folder.mid(m_folder.size()) + QLatin1Char('/'))
                             : entries->isEmpty() && !parent ? tr("The sandbox is empty.")
                                                             : QString());
    });
}

void SandboxDialog::addEntries(QTreeWidgetItem *parent, const QString &folder,
                               const QList<FileReader::Entry> &entries)
{
    QList<QTreeWidgetItem *> items;
    for (const FileReader::Entry &entry : entries.mid(0, mostEntries)) {
        const QString name = entry.path.section(QLatin1Char('/'), -1);
        auto *item = new QTreeWidgetItem(
            {name, entry.isFolder ? QString() : bytesText(static_cast<double>(entry.size)),
             timeText(entry.modified), entry.mode});
        item->setIcon(0, icon(entry.isFolder ? QStringLiteral("folder") : QStringLiteral("file")));
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setTextAlignment(2, Qt::AlignCenter);
        item->setData(0, PathRole, folder + QLatin1Char('/') + name);
        item->setData(0, FolderRole, entry.isFolder);
        item->setData(0, SizeRole, entry.size);
        if (entry.isFolder)
            item->setChildIndicatorPolicy(QTreeWidgetItem::ShowIndicator);
        items << item;
    }
    if (parent)
        parent->addChildren(items);
    else
        m_tree->addTopLevelItems(items);
}

QString SandboxDialog::currentPath() const
{
    const QTreeWidgetItem *item = m_tree->currentItem();
    return item && !item->data(0, FolderRole).toBool() ? item->data(0, PathRole).toString()
                                                       : QString();
}

bool SandboxDialog::canDrag() const
{
    return !m_tree->dragged.isEmpty();
}

void SandboxDialog::showCurrent()
{
    const QString path = currentPath();
    m_open->setEnabled(!path.isEmpty());
    m_save->setEnabled(!path.isEmpty());
    m_tree->dragged.clear();
    m_preview->clear();
    ++m_shown;
    if (m_copy)
        m_copy->deleteLater();
    m_copy = nullptr;
    if (path.isEmpty())
        return;
    preview(path);
    if (m_tree->currentItem()->data(0, SizeRole).toLongLong() <= mostDragged)
        fetch(path);
}

void SandboxDialog::preview(const QString &path)
{
    m_reader.read(path, 0, previewBytes, [this, asked = m_shown](Result<FileReader::Part> part) {
        if (asked != m_shown)
            return; // another is selected by now
        m_preview->setPlainText(part ? shownText(part->bytes)
                                     : QString::fromStdString(part.error().message));
    });
}

void SandboxDialog::fetch(const QString &path)
{
    if (!m_copies.isValid())
        return;
    m_copy = new FileCopy(m_agent, path, m_copies.filePath(safeName(path)), this);
    connect(m_copy, &FileCopy::finished, this,
            [this, copy = m_copy] { m_tree->dragged = copy->target(); });
    m_copy->start();
}

void SandboxDialog::openCurrent()
{
    const QString path = currentPath();
    if (path.isEmpty())
        return;
    Q_EMIT fileChosen(path.mid(m_folder.size() + 1));
    accept();
}

void SandboxDialog::saveCurrent()
{
    const QString path = currentPath();
    auto *dialog = new QFileDialog(this, tr("Save"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->selectFile(safeName(path));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this, path](const QString &target) { saveTo(path, target); });
    dialog->open();
}

void SandboxDialog::saveTo(const QString &path, const QString &target)
{
    auto *copy = new FileCopy(m_agent, path, target, this);
    connect(copy, &FileCopy::progress, this, [this](qint64 done, qint64 all) {
        m_state->setText(
            tr("Saving: %1 of %2")
                .arg(bytesText(static_cast<double>(done)), bytesText(static_cast<double>(all))));
    });
    connect(copy, &FileCopy::finished, this, [this, copy] {
        m_state->setText(tr("Saved to %1").arg(copy->target()));
        copy->deleteLater();
    });
    connect(copy, &FileCopy::failed, this, [this, copy](const QString &problem) {
        m_state->setText(problem);
        copy->deleteLater();
    });
    copy->start();
}

} // namespace meseta::console
