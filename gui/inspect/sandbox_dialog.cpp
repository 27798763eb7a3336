#include "gui/inspect/sandbox_dialog.h"

#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr qint64 savedPart = 1024 * 1024;
enum Roles { PathRole = Qt::UserRole, FolderRole, LoadedRole };

} // namespace

SandboxDialog::SandboxDialog(const QString &agent, const QString &folder, const QString &task,
                             QWidget *parent)
    : QDialog(parent)
    , m_folder(folder)
    , m_tree(new QTreeWidget)
    , m_state(new QLabel)
    , m_open(new QPushButton(tr("Open")))
    , m_save(new QPushButton(tr("Save…")))
{
    setWindowTitle(tr("Sandbox of %1").arg(task));
    m_tree->setHeaderLabels({tr("Name"), tr("Size"), tr("Changed"), tr("Mode")});
    m_tree->header()->resizeSection(0, 280);
    m_tree->setAccessibleName(windowTitle());
    m_state->setTextFormat(Qt::PlainText);
    m_state->setWordWrap(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(m_open, QDialogButtonBox::ActionRole);
    buttons->addButton(m_save, QDialogButtonBox::ActionRole);
    m_open->setDefault(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->addWidget(m_tree, 1);
    column->addWidget(m_state);
    column->addWidget(buttons);
    resize(640, 440);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_open, &QPushButton::clicked, this, &SandboxDialog::openCurrent);
    connect(m_save, &QPushButton::clicked, this, &SandboxDialog::saveCurrent);
    connect(m_tree, &QTreeWidget::itemActivated, this, &SandboxDialog::openCurrent);
    connect(m_tree, &QTreeWidget::itemExpanded, this, [this](QTreeWidgetItem *item) {
        if (!item->data(0, LoadedRole).toBool())
            load(item, item->data(0, PathRole).toString());
    });
    connect(m_tree, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) {
        const bool isFile = item && !item->data(0, FolderRole).toBool();
        m_open->setEnabled(isFile);
        m_save->setEnabled(isFile);
    });
    m_open->setEnabled(false);
    m_save->setEnabled(false);
    m_reader.setAgent(agent);
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
        m_state->setText(entries->isEmpty() && !parent ? tr("The sandbox is empty.") : QString());
        for (const FileReader::Entry &entry : *entries) {
            const QString name = entry.path.section(QLatin1Char('/'), -1);
            auto *item = new QTreeWidgetItem(
                {name, entry.isFolder ? QString() : bytesText(static_cast<double>(entry.size)),
                 timeText(entry.modified), entry.mode});
            item->setIcon(0,
                          icon(entry.isFolder ? QStringLiteral("folder") : QStringLiteral("file")));
            item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
            item->setData(0, PathRole, folder + QLatin1Char('/') + name);
            item->setData(0, FolderRole, entry.isFolder);
            if (entry.isFolder)
                item->setChildIndicatorPolicy(QTreeWidgetItem::ShowIndicator);
            if (parent)
                parent->addChild(item);
            else
                m_tree->addTopLevelItem(item);
        }
    });
}

QString SandboxDialog::currentPath() const
{
    const QTreeWidgetItem *item = m_tree->currentItem();
    return item && !item->data(0, FolderRole).toBool() ? item->data(0, PathRole).toString()
                                                       : QString();
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
    auto *dialog = new QFileDialog(this, tr("Save"), path.section(QLatin1Char('/'), -1));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, path](const QString &target) {
        m_target = std::make_unique<QFile>(target);
        if (!m_target->open(QIODevice::WriteOnly))
            return m_state->setText(
                tr("%1 cannot be written: %2").arg(target, m_target->errorString()));
        savePart(path, 0);
    });
    dialog->open();
}

void SandboxDialog::savePart(const QString &path, qint64 offset)
{
    m_reader.read(path, offset, savedPart, [this, path, offset](Result<FileReader::Part> part) {
        if (!part)
            return m_state->setText(QString::fromStdString(part.error().message));
        if (m_target->write(part->bytes) != part->bytes.size())
            return m_state->setText(
                tr("%1 cannot be written: %2").arg(m_target->fileName(), m_target->errorString()));
        const qint64 done = offset + part->bytes.size();
        if (part->bytes.isEmpty() || done >= part->fileSize) {
            m_target->close();
            return m_state->setText(tr("Saved to %1").arg(m_target->fileName()));
        }
        m_state->setText(tr("Saving: %1 of %2")
                             .arg(bytesText(static_cast<double>(done)),
                                  bytesText(static_cast<double>(part->fileSize))));
        savePart(path, done);
    });
}

} // namespace meseta::console
