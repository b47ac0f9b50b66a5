"""What is refused about a hand-off, and what to do then."""

from services.chassis.errors import Conflict, Forbidden, Invalid


class HandoffCannotMove(Conflict):
    """The hand-off's state does not allow this."""

    text = "Serah terima ini tidak dapat diubah dengan cara itu pada keadaan sekarang."
    legal_kind = "move"


class GroupIsWon(Conflict):
    """Another candidate's firm yes came first."""

    text = "Instansi lain sudah lebih dahulu menyanggupi."
    advice = "Daftarkan diri sebagai cadangan (reserve) bila tetap bersedia; selain itu tidak ada yang perlu dilakukan."
    legal_kind = "move"


class HandoffIsClaimed(Conflict):
    """A colleague works on it."""

    text = "Butir ini sedang ditangani rekan Anda."
    advice = "Tunggu sampai pergantian jaga, atau hubungi rekan tersebut."


class TooLateToUndo(Conflict):
    """A mis-click is undone within minutes, by whoever made it, while nobody has acted on it."""

    text = "Tindakan ini tidak dapat diurungkan lagi."
    advice = "Sudah lewat sepuluh menit atau sudah ditindaklanjuti pihak lain; hubungi pihak lain itu."
    legal_kind = "move"


class CancellationWasNotAsked(Conflict):
    """The sender did not ask to be let off."""

    text = "Pengirim tidak meminta pembatalan."
    legal_kind = "move"


class PersonIsThere(Conflict):
    """Custody has moved: the way back is a hand-off back."""

    text = "Orangnya sudah berpindah tangan, sehingga tidak dapat dibatalkan."
    advice = "Buat serah terima balik kepada instansi pengirim."
    legal_kind = "move"


class PersonHasNotArrived(Conflict):
    """Work on a person begins with their arrival, and a person changes hands with a signed paper."""

    text = "Orangnya belum tercatat tiba."
    advice = "Catat kedatangan dengan nomor berita acara, lalu mulai kerjakan."
    legal_kind = "move"


class SearchWentOn(Conflict):
    """Whoever gave a firm yes back before the person came stands behind those who were asked since."""

    text = "Kesanggupan ini sudah dikembalikan sebelum orangnya tiba, dan instansi lain sudah diminta."
    advice = "Bila tempat tersedia lagi, hubungi pengirim; permintaan baru dapat dikirim kepada Anda."
    legal_kind = "move"


class ConsentIsNeeded(Conflict):
    """After a firm yes nobody takes a request back or asks another one without the receiver's consent."""

    text = "Instansi ini sudah menyanggupi; permintaan hanya dapat ditarik atau dialihkan dengan persetujuannya."
    advice = "Minta penerima melepaskan kesanggupannya; sesudah disetujui, instansi lain dapat diminta."
    legal_kind = "move"


class NobodySpokeForThem(Conflict):
    """Only an answer that was recorded on behalf can be contested or confirmed."""

    text = "Tidak ada jawaban yang dicatatkan atas nama instansi Anda."
    legal_kind = "move"


class HappensLater(Invalid):
    """Only what has happened is recorded."""

    text = "Waktu kejadian berada di masa depan."
    advice = "Isi happened_at dengan waktu yang sudah lewat."


class HappensTooEarly(Invalid):
    """So long before it was asked for, or before there was a case, nothing of it can have happened."""

    text = "Waktu kejadian terlalu jauh sebelum permintaan atau perkaranya."
    advice = "Periksa tahun dan bulan pada happened_at."


class QuestionIsOpen(Conflict):
    """One question at a time: the sender's deadline for the first still runs."""

    text = "Pertanyaan sebelumnya belum dijawab pengirim."
    legal_kind = "move"


class NoQuestionIsOpen(Conflict):
    """Nobody asked."""

    text = "Tidak ada pertanyaan yang menunggu jawaban."


class NobodyToAsk(Invalid):
    """Neither the request nor the pack names a candidate."""

    text = "Tidak ada instansi tujuan untuk keperluan ini."
    advice = "Sebutkan candidates, atau lengkapi daftar calon pada paket daerah."


class CursorOrDate(Invalid):
    """A feed is read on from a position, or again from an instant."""

    text = "Isi after atau since, tidak keduanya."


class ConditionIsPast(Invalid):
    """A condition is to be met in the future, and one that can be foreseen."""

    text = "Tenggat syarat sudah lewat atau terlalu jauh."
    advice = "Isi due_at setiap syarat dengan waktu yang akan datang, paling jauh lima tahun lagi."


class EndIsTooFar(Invalid):
    """An expected end lies within years that can be foreseen."""

    text = "Perkiraan selesai terlalu jauh."
    advice = "Isi expected_end_at paling jauh lima tahun lagi."


class AdultsOnly(Conflict):
    """An apparent minor is a child until proven otherwise, and never kept with adults (`handoff.md` §6)."""

    text = "Tempat ini hanya menerima orang dewasa, sedangkan orang ini tampak di bawah umur atau bersama anaknya."
    advice = "Pilih tempat yang menerima anak, atau minta UPTD PPA menentukan tempatnya."
    legal_kind = "case_move"


class NotByPhone(Invalid):
    """A person changes hands with a signed paper only."""

    text = "Perpindahan orang tidak dapat dicatat atas nama instansi lain."
    advice = "Lampirkan foto berita acara yang ditandatangani melalui pencatatan serah terima orang."


class NotYourMove(Forbidden):
    """The other side has to do this."""

    text = "Tindakan ini milik pihak lain dalam serah terima."
    advice = "Penerima menjawab dan bekerja; pengirim membatalkan dan menutup."


class BeritaAcaraIsMissing(Invalid):
    """A person moves only with a signed paper."""

    text = "Nomor berita acara wajib diisi karena orang berpindah tangan."
    advice = "Isi ba_number dengan nomor berita acara serah terima yang ditandatangani."
